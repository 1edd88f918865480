import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type Report, reportPort } from './stand-in/report.ts'

/** Hears the stand-ins' reports and keeps the last of each client, also of those that are long gone. */
export interface Listener {
  reports(): readonly Report[]
  /** For the next stack. */
  forget(): void
  close(): void
}

export async function listen(): Promise<Listener> {
  const last = new Map<string, Report>()
  const socket = createSocket('udp4')
  socket.on('message', (bytes) => {
    const report = JSON.parse(bytes.toString()) as Report
    last.set(report.client, report)
  })
  socket.bind(reportPort)
  await once(socket, 'listening')
  socket.unref()
  return {
    reports: () => [...last.values()],
    forget: () => last.clear(),
    close: () => socket.close(),
  }
}
