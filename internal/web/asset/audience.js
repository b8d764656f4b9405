// SPDX-License-Identifier: AGPL-3.0-or-later
// Without this file nothing breaks: a button recomputes who will read.
// With it, the sentence changes as soon as the choice does.
for (const form of document.querySelectorAll('form[data-audience]')) {
  const sentence = form.querySelector('#audience');
  let latest = 0;
  form.addEventListener('change', async (e) => {
    if (!e.target.matches('[name=ink],[name=reader]')) return;
    const mine = ++latest;
    sentence.setAttribute('aria-busy', 'true');
    const fields = new FormData(form);
    fields.delete('words'); // who will read does not depend on what is written
    let html = '';
    try {
      const answer = await fetch(form.dataset.audience, {
        method: 'POST', credentials: 'same-origin', body: new URLSearchParams(fields),
      });
      if (answer.ok) html = await answer.text();
    } catch (e) { /* said below */ }
    if (mine !== latest) return;
    // A sentence that may be wrong is not left on the screen.
    if (html) sentence.innerHTML = html; else sentence.textContent = form.dataset.unknown;
    sentence.removeAttribute('aria-busy');
  });
}
