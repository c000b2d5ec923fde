/** A key and a certificate that signs itself, for localhost and 127.0.0.1: of no use to anybody else. */
export const certificate: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgM7Oyub7kFom5Xufn
Mo85YWe2UiCJVemZTQu9p+hYCm2hRANCAAQ1ZL8fHtuMVorjKpvXdPJlRS9Pk2zy
hI16HDQLwsn6TSCJ4DP9cLyEvLL0haN/F0n1Sf5xSDm7ZSbdKSlxi7bx
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUHIuJjsUcKK2AbDnjuWUKutwubVMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTA4MTIyM1oYDzIxMjYxMTA1
MDgxMjIzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ1ZL8fHtuMVorjKpvXdPJlRS9Pk2zyhI16HDQLwsn6TSCJ4DP9cLyE
vLL0haN/F0n1Sf5xSDm7ZSbdKSlxi7bxo28wbTAdBgNVHQ4EFgQUiAMVyS4c7SvA
slQjijLi92VzbwMwHwYDVR0jBBgwFoAUiAMVyS4c7SvAslQjijLi92VzbwMwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgXff9Hga/ld1aEpCI5O1c6dvz0iXfB4W5TP5KcODcqm0CIEvU
R/Xf6cG5S2AP4/Oj7wrP3zLLXevapMMlU6UkVyne
-----END CERTIFICATE-----
`,
};
