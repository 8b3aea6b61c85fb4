// Results on cards play while they are pointed at.
const video = (event) => event.target.closest?.('.card')?.querySelector('video[data-hover]');
document.addEventListener('pointerover', (event) => { video(event)?.play().catch(() => {}); });
document.addEventListener('pointerout', (event) => {
  if (!event.relatedTarget?.closest || event.relatedTarget.closest('.card') !== event.target.closest?.('.card')) video(event)?.pause();
});
