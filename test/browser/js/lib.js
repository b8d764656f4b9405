// SPDX-License-Identifier: AGPL-3.0-or-later
// What the harness asks of a page. Every evaluation gets its own copy of these
// functions inside a closure, so that nothing is left in the page.

const squeeze = s => (s || '').replace(/[\s\u00a0\u202f]+/g, ' ').trim();

// shown: an element a reader can see (a control hidden behind its own label,
// one pixel wide, counts as not shown but stays reachable: see reachable).
function shown(e) {
  return e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
}

function nameOf(e) {
  const by = e.getAttribute('aria-labelledby');
  if (by) return squeeze(by.split(/\s+/).map(id => document.getElementById(id)?.textContent).join(' '));
  if (e.getAttribute('aria-label')) return squeeze(e.getAttribute('aria-label'));
  if (e.labels?.length) return squeeze([...e.labels].map(l => l.textContent).join(' '));
  if (e.matches('input[type=submit],input[type=button],input[type=reset]')) return squeeze(e.value);
  return squeeze(e.textContent);
}

// find understands CSS, and "text:Enregistrer": the thing to press or fill that
// carries this name, the whole name first, then the beginning of one.
function find(selector) {
  if (!selector.startsWith('text:')) return document.querySelector(selector);
  const want = squeeze(selector.slice(5));
  const all = [...document.querySelectorAll('a[href],button,summary,input:not([type=hidden]),select,textarea,label,[role=button],[tabindex]')];
  const seen = all.filter(shown);
  return seen.find(e => nameOf(e) === want) || seen.find(e => nameOf(e).startsWith(want)) || null;
}

function describe(e) {
  if (!e || e === document.body || e === document.documentElement) return 'body';
  const name = squeeze(nameOf(e)).slice(0, 40);
  const mark = e.id ? '#' + e.id : e.name ? `[name=${e.name}]` : e.className && typeof e.className === 'string' ? '.' + e.className.trim().split(/\s+/)[0] : '';
  return e.localName + mark + (name ? ` "${name}"` : '');
}

// spot scrolls a target into view and says where to press it, or what is in the way.
function spot(selector) {
  const e = find(selector);
  if (!e || !shown(e)) return null;
  e.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
  const r = [...e.getClientRects()].find(r => r.width > 0 && r.height > 0);
  if (!r) return null;
  const x = r.left + r.width / 2, y = r.top + r.height / 2;
  const hit = document.elementFromPoint(x, y);
  const own = hit && (e.contains(hit) || hit.contains(e) && hit.localName === 'label' || hit.closest('label')?.control === e);
  return { x, y, covered: own ? '' : describe(hit) };
}

// fieldKey names the field that has the focus: the page that shows it and its
// name there, and whether it is a secret (asked again, a secret is a proof).
function fieldKey() {
  const e = document.activeElement;
  return { page: location.pathname, field: e?.name || e?.id || describe(e), secret: e?.type === 'password' };
}

// reachable lists what the Tab key must reach, in document order; a group of
// radio buttons is one stop.
function reachable() {
  const groups = new Set();
  const scope = document.querySelector(":modal") || document;
  const all = [...scope.querySelectorAll('a[href],area[href],button,input,select,textarea,summary,iframe,[contenteditable=""],[contenteditable=true],[tabindex]')];
  return all.filter(e => {
    if (e.disabled || e.tabIndex < 0 || e.type === 'hidden' || e.matches(':disabled') || e.closest('[inert]')) return false;
    if (!e.checkVisibility({ visibilityProperty: true })) return false;
    if (e.localName === 'summary' && e.parentElement?.querySelector(':scope > summary') !== e) return false;
    if (e.type === 'radio' && e.name) {
      const key = (e.form ? [...document.forms].indexOf(e.form) : -1) + '/' + e.name;
      if (groups.has(key)) return false;
      groups.add(key);
    }
    return true;
  });
}

const sameStop = (a, b) => a === b || a?.type === 'radio' && b?.type === 'radio' && a.name === b.name && a.form === b.form;

function rgba(s) {
  const n = (s.match(/[\d.]+/g) || []).map(Number);
  return n.length < 3 ? [0, 0, 0, 0] : [n[0], n[1], n[2], n.length > 3 ? n[3] : 1];
}

function luminance([r, g, b]) {
  const f = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
}

function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

function backdrop(e) {
  for (let p = e; p; p = p.parentElement) {
    const c = rgba(getComputedStyle(p).backgroundColor);
    if (c[3] > 0.5) return c;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches && getComputedStyle(document.documentElement).colorScheme.includes('dark') ? [18, 18, 18, 1] : [255, 255, 255, 1];
}

// ring measures the widest outline around the focused element: its own, its
// label's, or its parent's (a radio button may be drawn by its row).
function ring(e) {
  const near = [e, ...(e.labels || []), e.parentElement].filter(Boolean);
  let best = { width: 0, contrast: 0 };
  for (const n of near) {
    const s = getComputedStyle(n);
    if (s.outlineStyle === 'none' || n === document.body) continue;
    const w = parseFloat(s.outlineWidth);
    // The ring is drawn on what surrounds the element, not on the element.
    if (w > best.width) best = { width: w, contrast: contrast(rgba(s.outlineColor), backdrop(n.parentElement || n)) };
  }
  return best;
}

// stop describes where the focus is after a press of Tab.
function stop() {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return { index: -1, at: 'body' };
  const all = reachable();
  const label = e.labels?.[0];
  const r = (e.getBoundingClientRect().width <= 1 && label ? label : e).getBoundingClientRect();
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) => [r.left + x * r.width, r.top + y * r.height]);
  const clear = points.some(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit && (e.contains(hit) || hit.contains(e) || label?.contains(hit));
  });
  const fixed = (() => { for (let p = e; p; p = p.parentElement) if (/fixed|sticky/.test(getComputedStyle(p).position)) return true; return false; })();
  const { width, contrast: c } = ring(e);
  return {
    index: all.findIndex(o => sameStop(o, e)), at: describe(e), ring: width, contrast: c, clear, fixed,
    left: r.left + scrollX, top: r.top + scrollY, right: r.right + scrollX, bottom: r.bottom + scrollY,
    rtl: getComputedStyle(document.documentElement).direction === 'rtl',
  };
}

// toTop puts the focus back where a page that has just been read starts.
function toTop() {
  scrollTo(0, 0);
  document.activeElement?.blur();
  const had = document.body.getAttribute('tabindex');
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  if (had === null) document.body.removeAttribute('tabindex'); else document.body.setAttribute('tabindex', had);
  return reachable().map(describe);
}

// tooWide lists what sticks out of the page sideways.
function tooWide() {
  const root = document.documentElement, width = root.clientWidth, found = [];
  const rtl = getComputedStyle(root).direction === 'rtl';
  const mine = e => {
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return false;
      if (/hidden|clip/.test(getComputedStyle(p).overflowX) && p.getBoundingClientRect().right <= width + 1) return false;
    }
    return true;
  };
  if (document.scrollingElement.scrollWidth > width + 1) found.push(`the page is ${document.scrollingElement.scrollWidth} px wide in a window of ${width} px`);
  for (const e of document.body.querySelectorAll('*')) {
    if (!shown(e) || e.closest('svg') && e.localName !== 'svg') continue;
    const r = e.getBoundingClientRect();
    const out = rtl ? -r.left : r.right - width;
    if (r.width > 1 && out > 1 && mine(e)) found.push(`${describe(e)} sticks out by ${Math.round(out)} px`);
    const s = getComputedStyle(e);
    if (/hidden|clip/.test(s.overflowX) && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 && squeeze(e.innerText)) found.push(`${describe(e)} is cut at the side`);
  }
  return found.slice(0, 12);
}

// doubled grows all text to 200 % as a browser's "zoom text only" does, calls
// look, and puts the page back.
function doubled(look) {
  const all = [...document.querySelectorAll('body, body *')].filter(e => e.style && !e.closest('svg'));
  const sizes = all.map(e => [e, parseFloat(getComputedStyle(e).fontSize), e.getAttribute('style')]);
  for (const [e, size] of sizes) e.style.setProperty('font-size', 2 * size + 'px', 'important');
  try { return look(); } finally {
    for (const [e, , style] of sizes) if (style === null) e.removeAttribute('style'); else e.setAttribute('style', style);
  }
}

// cutText lists words that are cut at the bottom of their box, or boxes whose
// lines run over one another.
function cutText() {
  const found = [];
  for (const e of document.body.querySelectorAll('*')) {
    if (!shown(e) || !squeeze(e.innerText) || e.closest('svg') || e.matches('textarea,select')) continue;
    const s = getComputedStyle(e);
    if (e.clientHeight > 1 && e.clientWidth > 1 && /hidden|clip/.test(s.overflowY) && e.scrollHeight > e.clientHeight + 2) found.push(`${describe(e)} is cut at the bottom`);
    const own = [...e.childNodes].some(n => n.nodeType === 3 && squeeze(n.data));
    if (own && s.lineHeight !== 'normal' && parseFloat(s.lineHeight) < 0.95 * parseFloat(s.fontSize)) found.push(`${describe(e)} has lines over one another`);
  }
  return found.slice(0, 12);
}

// structure checks what a screen reader stands on.
function structure(forbidden) {
  const found = [], root = document.documentElement;
  if (!/^[a-z]{2,3}(-|$)/.test(root.lang)) found.push('html has no lang');
  const title = squeeze(document.title);
  if (!title) found.push('the title is empty');
  for (const w of forbidden || []) if (w && title.toLowerCase().includes(w.toLowerCase())) found.push(`the title says "${w}"`);
  const heads = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(e => e.checkVisibility());
  const ones = heads.filter(h => h.localName === 'h1').length;
  if (ones !== 1) found.push(`${ones} h1`);
  heads.reduce((last, h) => {
    const level = Number(h.localName[1]);
    if (level > last + 1) found.push(`${describe(h)} skips from level ${last} to ${level}`);
    return level;
  }, 0);
  const ids = new Set();
  for (const e of document.querySelectorAll('[id]')) { if (ids.has(e.id)) found.push(`id "${e.id}" twice`); ids.add(e.id); }
  if (!document.querySelector('meta[name=viewport]')) found.push('no viewport meta: a phone will shrink the page');
  if (document.querySelectorAll('main').length !== 1) found.push(`${document.querySelectorAll('main').length} main`);
  for (const e of document.querySelectorAll('[placeholder]')) found.push(`${describe(e)} has a placeholder`);
  for (const e of document.querySelectorAll('a[target=_blank]')) found.push(`${describe(e)} opens another window`);
  return found;
}

// census counts what a page asks of its reader.
function census() {
  const scope = document.querySelector('main') || document.body;
  const fields = [...scope.querySelectorAll('input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]),select,textarea')].filter(e => e.checkVisibility({ visibilityProperty: true }));
  const ways = [...scope.querySelectorAll('a[href],button,input[type=submit]')].filter(shown);
  return { fields: fields.length, required: fields.filter(e => e.required).length, ways: ways.length };
}

const wordsIn = selector => squeeze(find(selector)?.innerText).split(' ').filter(w => /[\p{L}\p{N}]/u.test(w)).length;
