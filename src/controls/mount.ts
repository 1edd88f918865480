import { addToService, type Edit } from './edit.ts'

/** Mounts a file of the host, absolute or relative to the install, so that the container cannot write it. */
export function mountReadOnly(service: string, source: string, target: string): Edit {
  const path =
    source.startsWith('/') || source.startsWith('./') || source.startsWith('../')
      ? source
      : `./${source}`
  return addToService(service, 'volumes', `${path}:${target}:ro`, target)
}
