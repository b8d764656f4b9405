// SPDX-License-Identifier: AGPL-3.0-or-later
// Without this file nothing breaks: a button recomputes who will read.
// With it, the sentence changes as soon as the choice does.

// The answer is parsed as a document, which runs nothing: no text becomes HTML here,
// and the policy of every page forbids it (require-trusted-types-for).
const ask = (form, fields) => new Promise((done) => {
  const request = new XMLHttpRequest();
  request.open('POST', form.dataset.audience);
  request.responseType = 'document';
  request.onloadend = () => done(request.status === 200 && request.response ? Array.from(request.response.body.childNodes) : []);
  request.send(new URLSearchParams(fields));
});

for (const form of document.querySelectorAll('form[data-audience]')) {
  const sentence = form.querySelector('#audience');
  let latest = 0;
  form.addEventListener('change', async (e) => {
    if (!e.target.matches('[name=ink],[name=reader]')) return;
    const mine = ++latest;
    sentence.setAttribute('aria-busy', 'true');
    const fields = new FormData(form);
    fields.delete('words'); // who will read does not depend on what is written
    const said = await ask(form, fields);
    if (mine !== latest) return;
    // A sentence that may be wrong is not left on the screen.
    sentence.textContent = said.length ? '' : form.dataset.unknown;
    sentence.append(...said);
    sentence.removeAttribute('aria-busy');
  });
}
