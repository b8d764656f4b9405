const bytes = s => new TextEncoder().encode(s);
const say = s => { document.querySelector('#out').textContent = s; };
const prf = {eval: {first: bytes('depositaire/slot/passkey')}};
const hex = b => b ? [...new Uint8Array(b)].map(x => x.toString(16).padStart(2, '0')).join('') : 'none';
document.querySelector('#make').addEventListener('click', async () => {
  try {
    const c = await navigator.credentials.create({publicKey: {
      challenge: bytes('challenge'), rp: {name: 'Essai'}, user: {id: bytes('u1'), name: 'julie', displayName: 'Julie'},
      pubKeyCredParams: [{type: 'public-key', alg: -7}], authenticatorSelection: {residentKey: 'required', userVerification: 'required'}, extensions: {prf}}});
    say('made ' + c.getClientExtensionResults().prf?.enabled);
  } catch (e) { say('refused ' + e.name); }
});
document.querySelector('#use').addEventListener('click', async () => {
  try {
    const c = await navigator.credentials.get({publicKey: {challenge: bytes('challenge'), userVerification: 'required', extensions: {prf}}});
    say('key ' + hex(c.getClientExtensionResults().prf?.results?.first));
  } catch (e) { say('refused ' + e.name); }
});
