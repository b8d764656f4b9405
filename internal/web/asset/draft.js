// SPDX-License-Identifier: AGPL-3.0-or-later
// Without this file nothing breaks: a note is saved by its button, once.
// With it, a pause of 1.5 s after typing keeps a draft on the server, and a
// lost network leaves the text on the screen until it is back. Once kept, the
// page's address is the draft's: reloaded, or uncovered, it is the same text.
const pause = 1500, retry = 5000;

for (const form of document.querySelectorAll('form[data-draft]')) keep(form);

function keep(form) {
  const status = form.querySelector('[data-draft-status]');
  let typed = false, dirty = false, passing = false, veiled = false, timer = 0;

  function say(text, lost) {
    status.textContent = text;
    status.classList.toggle('lost', lost);
  }

  // send answers true when the server has the draft, false when it answered
  // otherwise, and fails when there is no network.
  async function send() {
    clearTimeout(timer);
    dirty = false;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: 'POST', credentials: 'same-origin', body: new URLSearchParams(new FormData(form)),
      });
      const plain = (answer.headers.get('Content-Type') || '').startsWith('text/plain');
      veiled = answer.status === 403; // kept once; what is typed now goes with the form
      say(plain ? await answer.text() : form.dataset.lost, !answer.ok);
      return answer.ok;
    } catch (e) {
      dirty = true;
      say(form.dataset.lost, true);
      throw e;
    }
  }

  function later(ms) {
    clearTimeout(timer);
    if (veiled) return;
    const address = form.dataset.draft + '/' + form.elements.draft.value;
    const kept = (there) => { if (there && location.pathname !== address) history.replaceState(null, '', address); };
    timer = setTimeout(() => send().then(kept, () => later(retry)), ms);
  }

  // Only a key or a choice of the person starts the clock: nothing here keeps
  // a forgotten page alive.
  form.addEventListener('keydown', () => { typed = true; });
  form.addEventListener('input', (e) => {
    if (!typed && !e.isTrusted) return;
    typed = dirty = true;
    later(pause);
  });

  form.addEventListener('submit', (e) => {
    if (passing || !dirty || veiled) return;
    e.preventDefault();
    const button = e.submitter || form.querySelector('button.primary');
    const go = () => { passing = true; button.click(); };
    const attempt = () => send().then(go, () => { timer = setTimeout(attempt, retry); });
    attempt();
  });
}
