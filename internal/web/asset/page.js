// SPDX-License-Identifier: AGPL-3.0-or-later
// Without this file nothing breaks.
// With it: Ctrl+Enter saves, Ctrl+K goes to the search, a list narrows as one types, a page prints from
// its own button, six digits send themselves, a new passphrase is hidden and
// shown, and the cursor goes where the page's work is.
document.addEventListener('keydown', (e) => {
  if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
  const form = e.target.closest && e.target.closest('form');
  const button = form && form.querySelector('button.primary');
  if (button) { e.preventDefault(); button.click(); }
});

const query = document.getElementById('query');
if (query) document.addEventListener('keydown', (e) => {
  if (e.key === 'k' && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey) { e.preventDefault(); query.select(); }
});

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

// Hidden again before it is sent: browsers remember what was typed in the open.
for (const input of document.querySelectorAll('input[data-masked]')) {
  const line = input.form.querySelector('[data-show]');
  const show = line.querySelector('input');
  const mask = () => { input.type = show.checked ? 'text' : 'password'; };
  input.autocomplete = 'new-password';
  line.hidden = show.checked = false;
  show.addEventListener('change', mask);
  input.form.addEventListener('submit', () => { input.type = 'password'; });
  mask();
}

// A French keyboard gives digits with Shift: its upper row counts without, too.
for (const input of document.querySelectorAll('input[data-digits]')) {
  let sent = false;
  document.getElementById(input.id + '-hint').textContent = input.dataset.digits;
  input.form.addEventListener('submit', (e) => { if (sent) e.preventDefault(); sent = true; });
  input.addEventListener('input', () => {
    if (/^[0-9à&é"'(\-è_ç§!]{6}$/.test(input.value.replace(/\s/g, ''))) input.form.querySelector('button').click();
  });
}

const fold = (s) => s.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
for (const input of document.querySelectorAll('input[data-narrow]')) {
  const list = document.getElementById(input.dataset.narrow);
  if (!list) continue; // nobody is listed: nothing to narrow
  const rows = Array.from(list.children);
  const count = document.getElementById(input.dataset.narrow + '-count');
  input.form.querySelector('button').hidden = true;
  // All is on the page already. A browser writes what was posted, a name, to its disk.
  input.form.addEventListener('submit', (e) => e.preventDefault());
  input.addEventListener('input', () => {
    const words = fold(input.value).split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const text = fold(row.textContent);
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    if (count) count.textContent = shown;
  });
}

// On its own page a search follows what is typed, after a pause: elsewhere it
// waits for Enter, and takes nobody's page away.
for (const box of document.querySelectorAll('input[data-ask]')) {
  let timer = 0, asked = box.value.trim();
  const ask = async () => {
    const words = box.value.trim();
    if (words.length < 3 || words === asked) return;
    asked = words;
    const answer = await fetch(box.form.action, { method: 'POST', credentials: 'same-origin', body: new URLSearchParams(new FormData(box.form)) });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!answer.ok || box.value.trim() !== words) return;
    document.querySelector('main').replaceWith(page.querySelector('main'));
    history.replaceState(null, '', answer.url);
  };
  box.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, 700); });
}

// After an error the cursor goes to it; else to the field the page is for,
// unless the person already went elsewhere.
const target = document.querySelector('.alert[tabindex]') || document.querySelector('[data-focus]');
if (target && (document.activeElement === document.body || !document.activeElement)) {
  target.focus({ preventScroll: !target.matches('.alert') });
  if (target.setSelectionRange && (target.tagName === 'TEXTAREA' || target.type === 'search')) target.setSelectionRange(target.value.length, target.value.length);
}
