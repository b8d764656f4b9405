// SPDX-License-Identifier: AGPL-3.0-or-later
// Without this file nothing breaks: the server refuses everything after five
// minutes, and the menu veils the screen.
// With it, the page also hides what it shows after five minutes without a
// gesture, and Ctrl+Alt+V veils at once.
const cover = document.getElementById('veil');
const form = document.getElementById('veil-form');
const idle = 5 * 60 * 1000;
let last = Date.now();

function hide() {
  if (!cover || !cover.hidden) return;
  for (const part of document.body.children) if (part !== cover) part.hidden = true;
  cover.hidden = false;
  document.title = cover.dataset.title;
  cover.querySelector('a').focus();
}

if (cover) {
  for (const gesture of ['keydown', 'pointermove', 'scroll', 'touchstart', 'click']) {
    addEventListener(gesture, () => { if (cover.hidden) last = Date.now(); }, { passive: true });
  }
  // A sleeping machine runs no timer: compare clocks, also on waking.
  const look = () => { if (Date.now() - last >= idle) hide(); };
  setInterval(look, 5000);
  document.addEventListener('visibilitychange', look);
}

document.addEventListener('keydown', (e) => {
  if (!form || !e.ctrlKey || !e.altKey || e.code !== 'KeyV' || e.getModifierState('AltGraph')) return;
  e.preventDefault();
  hide();
  form.submit();
});
