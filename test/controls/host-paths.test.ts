import { expect, test } from 'vitest'
import { isRawDevice, reachOfPath } from '../../src/controls/isolation/host-paths.ts'

const install = {
  directory: '/root/tracecat',
  envPath: '.env',
  sources: [{ file: 'docker-compose.yml', text: '' }],
}
const reach = (path: string, readOnly = false) => reachOfPath(install, path, readOnly)

test.each([
  '/',
  '/etc/',
  '/etc/../root',
  '/etc/shadow-',
  '/etc/ssh/ssh_host_rsa_key',
  '/home/me/.ssh/authorized_keys',
  '/run/docker/plugins',
  '/var/run/docker.pid',
  '/run/user/1000/docker.sock',
  '/root/tracecat/',
  '/root/tracecat/.env.bak',
  '/root/tracecat/.tracecat-harden/last/env',
])('%s is the host, or its secrets, even read-only', (path) => {
  expect(reach(path, true)).toContain('has ')
})

test.each([
  '/etc/localtime',
  '/etc/timezone',
  '/etc/ssl/certs',
  '/etc/ca-certificates',
  '/etc/letsencrypt',
  '/etc/prometheus/prometheus.yml',
  '/usr/share/ca-certificates',
  '/var/log',
  '/run/udev',
  '/home/me/data',
  '/home/me/.ssh/known_hosts',
  '/root/registry',
  '/root/tracecat-data',
  '/root/tracecat/.env.example',
  '/root/tracecat/certs',
  '/root/tracecat/caddy/Caddyfile',
])('%s is a usual mount', (path) => {
  expect(reach(path)).toBeUndefined()
})

test.each([
  '/etc/passwd',
  '/etc/group',
  '/sys/class/net',
  '/proc/stat',
])('%s may be read, and not written', (path) => {
  expect(reach(path, true)).toBeUndefined()
  expect(reach(path)).toContain(path)
})

test.each([
  '/dev',
  '/dev/sda1',
  '/dev/nvme0n1',
  '/dev/vdb',
  '/dev/mapper/root',
  '/dev/mem',
])('%s is the host as a device', (device) => {
  expect(isRawDevice(device)).toBe(true)
})

test.each([
  '/dev/net/tun',
  '/dev/dri',
  '/dev/fuse',
  '/dev/kvm',
  '/dev/sdr-radio',
])('%s is one device among others', (device) => {
  expect(isRawDevice(device)).toBe(false)
})
