document.addEventListener('keydown', e => {
  if (e.ctrlKey && e.key === 'Enter') e.target.form?.requestSubmit();
  if (e.ctrlKey && e.key === 'k') { e.preventDefault(); document.querySelector('#search')?.focus(); }
  if (e.key === 'Tab' && e.target.id === 'trap') { e.preventDefault(); }
});
document.querySelector('#fragment')?.addEventListener('click', async () => {
  document.querySelector('#out').textContent = await (await fetch('/late')).text();
});
