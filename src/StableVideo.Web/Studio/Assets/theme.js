// Dark or light: as the system says, until somebody switches.
(() => {
  const key = 'stablevideo-theme';
  const system = matchMedia('(prefers-color-scheme: light)');
  const current = () => localStorage.getItem(key) ?? (system.matches ? 'light' : 'dark');
  const apply = () => document.documentElement.setAttribute('data-theme', current());
  apply();
  system.addEventListener('change', apply);
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-theme-switch]')) return;
    localStorage.setItem(key, current() === 'dark' ? 'light' : 'dark');
    apply();
  });
})();
