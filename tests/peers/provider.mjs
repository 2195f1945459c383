// A provider of OpenID Connect that we did not write: `node provider.mjs <redirect uri> [userinfo]` says its
// address and stays; with "userinfo" the claims are there alone.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const [redirectUri, where] = process.argv.slice(2)
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'bilik',
      client_secret: 'a secret of tests',
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
    }],
    claims: { openid: ['sub', 'fin'], profile: ['name'] },
    conformIdTokenClaims: where === 'userinfo', // else claims are in the id_token, too, as mygov ID has them
    pkce: { required: () => true },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, fin: '5AB12CD', name: 'Aysel Həsənova' }),
    }),
    cookies: { keys: ['of tests'] },
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
