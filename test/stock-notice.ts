import { noStock } from './stock.ts'

/** Says at the end of a run, once, that it proved less than it could. */
export default function (): () => void {
  return () => {
    if (noStock !== '')
      process.stderr.write(
        "\nThere are no stock files of Tracecat's here: the suites that read them were skipped. npm run fetch-stock gets them.\n",
      )
  }
}
