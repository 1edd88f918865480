import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'

/** A server on loopback, with the URL that it has. */
export interface Provider {
  readonly url: string
  close(): void
}

/** SAML metadata under `/metadata`, and under `/broken` with a DOCTYPE; its certificate is signed by `ca.crt`. */
export async function samlProvider(folder: string): Promise<Provider> {
  makeCertificates(folder)
  const base64 = readFileSync(join(folder, 'tls.crt'), 'utf8').replace(/-----[A-Z ]+-----|\s/g, '')
  const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.org">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${base64}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.org/sso"/>
</IDPSSODescriptor></EntityDescriptor>`
  const options = {
    cert: readFileSync(join(folder, 'tls.crt')),
    key: readFileSync(join(folder, 'tls.key')),
  }
  const server = https.createServer(options, (request, response) => {
    response.end(
      request.url === '/metadata' ? metadata : `<!DOCTYPE a [<!ENTITY b "c">]>${metadata}`,
    )
  })
  return await listen(server, 'https')
}

/** `ca.crt`, and `tls.crt` with `tls.key` for 127.0.0.1 and tracecat.example.com; `other.key` belongs to nothing. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  )
  openssl(
    'req',
    ...key,
    '-keyout',
    'tls.key',
    '-out',
    'tls.csr',
    '-subj',
    '/CN=tracecat.example.com',
    '-addext',
    'subjectAltName=DNS:tracecat.example.com,IP:127.0.0.1',
  )
  openssl(
    'x509',
    '-req',
    '-in',
    'tls.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-copy_extensions',
    'copy',
    '-out',
    'tls.crt',
    '-days',
    '2',
  )
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'other.key')
}

/** Starts the server on a free port of loopback. */
export async function listen(
  server: Server & { closeAllConnections?(): void },
  scheme: string,
): Promise<Provider> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections?.()
    },
  }
}
