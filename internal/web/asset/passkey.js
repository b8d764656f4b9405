// SPDX-License-Identifier: AGPL-3.0-or-later
// Without this file passkeys do not work: browsers offer them to scripts only.
// Passphrase and paper code do without it.
const forms = window.PublicKeyCredential ? document.querySelectorAll('form[data-passkey]') : [];
for (const form of forms) {
  form.hidden = false;
  form.addEventListener('submit', (e) => {
    if (form.dataset.ready) return;
    e.preventDefault();
    run(form).catch(() => { form.querySelector('[data-passkey-status]').textContent = form.dataset.failed; });
  });
}

async function run(form) {
  const options = (form.dataset.given ? JSON.parse(form.dataset.given) : await ask(form)).publicKey;
  read(options);
  const made = form.dataset.passkey === 'create'
    ? await navigator.credentials.create({ publicKey: options })
    : await navigator.credentials.get({ publicKey: options });
  const answer = made.response;
  const prf = made.getClientExtensionResults().prf || {};
  put(form, 'credential', made.rawId);
  put(form, 'client_data', answer.clientDataJSON);
  put(form, 'attestation', answer.attestationObject);
  put(form, 'authenticator', answer.authenticatorData);
  put(form, 'signature', answer.signature);
  put(form, 'user_handle', answer.userHandle);
  put(form, 'prf', prf.results && prf.results.first);
  form.elements.prf_enabled.value = prf.enabled || prf.results ? 'yes' : '';
  form.dataset.ready = 'yes';
  form.submit();
}

async function ask(form) {
  const asked = await fetch(form.dataset.options, {
    method: 'POST', credentials: 'same-origin', body: new URLSearchParams(new FormData(form)),
  });
  if (!asked.ok) throw new Error('no options');
  return asked.json();
}

// read turns the base64url strings of the options into bytes, in place.
function read(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list || []) one.id = bytes(one.id);
  }
  const prf = options.extensions && options.extensions.prf;
  if (prf && prf.eval) prf.eval.first = bytes(prf.eval.first);
  for (const id of Object.keys((prf && prf.evalByCredential) || {})) {
    prf.evalByCredential[id].first = bytes(prf.evalByCredential[id].first);
  }
}

function put(form, name, buffer) {
  if (!buffer || !form.elements[name]) return;
  const binary = String.fromCharCode.apply(null, new Uint8Array(buffer));
  form.elements[name].value = btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function bytes(text) {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}
