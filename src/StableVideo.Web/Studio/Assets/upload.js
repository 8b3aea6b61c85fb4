// Uploads by tus 1.0: chunks, retries, and going on after a break with the same file.
const chunkBytes = 4 * 1024 * 1024;
const tus = { 'Tus-Resumable': '1.0.0' };
const fingerprint = (file, purpose) => `stablevideo-upload:${purpose}:${file.name}:${file.size}:${file.lastModified}`;
const encode = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

class Refused extends Error {}

async function explain(answer) {
  try {
    const problem = await answer.json();
    return problem.detail ?? problem.title ?? answer.statusText;
  } catch {
    return `The server answers ${answer.status}.`;
  }
}

async function create(file, purpose) {
  const answer = await fetch('/v1/uploads', {
    method: 'POST',
    headers: { ...tus, 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${encode(file.name)},purpose ${encode(purpose)}` },
  });
  if (!answer.ok) throw new Refused(await explain(answer));
  return answer.headers.get('Location');
}

async function offsetOf(address) {
  const answer = await fetch(address, { method: 'HEAD', headers: tus });
  return answer.ok ? Number(answer.headers.get('Upload-Offset')) : null;
}

async function checksum(chunk) {
  if (!crypto.subtle) return {};
  const hash = await crypto.subtle.digest('SHA-256', await chunk.arrayBuffer());
  return { 'Upload-Checksum': `sha256 ${btoa(String.fromCharCode(...new Uint8Array(hash)))}` };
}

/** Sends a file and returns the video it became. */
export async function upload(file, purpose, report = () => {}, signal = undefined) {
  const key = fingerprint(file, purpose);
  let address = localStorage.getItem(key);
  let offset = address ? await offsetOf(address) : null;
  if (offset === null) {
    address = await create(file, purpose);
    localStorage.setItem(key, address);
    offset = 0;
  }

  for (let failures = 0; offset < file.size;) {
    signal?.throwIfAborted();
    report(offset / file.size, failures > 0 ? 'The connection broke; trying again' : 'Uploading');
    const chunk = file.slice(offset, offset + chunkBytes);
    try {
      const answer = await fetch(address, {
        method: 'PATCH',
        body: chunk,
        signal,
        headers: { ...tus, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), ...(await checksum(chunk)) },
      });
      if (answer.ok) {
        offset = Number(answer.headers.get('Upload-Offset'));
        failures = 0;
        continue;
      }
      if (answer.status < 500 && ![408, 409, 423, 429, 460].includes(answer.status)) {
        localStorage.removeItem(key);
        throw new Refused(await explain(answer));
      }
    } catch (error) {
      if (error instanceof Refused || signal?.aborted) throw error;
    }
    failures += 1;
    await pause(Math.min(15000, 500 * 2 ** failures));
    offset = (await offsetOf(address).catch(() => null)) ?? offset;
  }

  report(1, 'Looking at the file');
  for (;;) {
    const answer = await fetch(address, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Refused(await explain(answer));
    const state = await answer.json();
    if (state.state === 'Ready') {
      localStorage.removeItem(key);
      return state.video;
    }
    if (state.state === 'Refused') {
      localStorage.removeItem(key);
      throw new Refused(state.error);
    }
    await pause(300);
  }
}

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

async function begin(zone, file) {
  const box = zone.querySelector('[data-upload-state]');
  const stopped = new AbortController();
  const bar = element('progress', { max: 1, value: 0, ariaLabel: 'Upload' });
  const words = element('span', { className: 'muted', textContent: file.name });
  const button = element('button', { type: 'button', textContent: 'Pause' });
  button.onclick = () => stopped.abort();
  box.replaceChildren(bar, words, button);
  box.hidden = false;
  box.setAttribute('role', 'status');
  try {
    const video = await upload(file, zone.dataset.purpose ?? 'Clip', (part, what) => {
      bar.value = part;
      words.textContent = `${what}: ${file.name}, ${Math.round(part * 100)} %`;
    }, stopped.signal);
    location.assign(`/edit/${video.id}`);
  } catch (error) {
    const paused = stopped.signal.aborted;
    words.textContent = paused ? `Paused: ${file.name}. What was sent is kept for a day.` : error.message;
    words.className = paused ? 'muted' : 'error-line';
    button.textContent = paused ? 'Go on' : 'Try again';
    button.onclick = () => begin(zone, file);
  }
}

document.addEventListener('change', (event) => {
  const zone = event.target.closest?.('[data-upload]');
  if (zone && event.target.files?.length) begin(zone, event.target.files[0]);
});
for (const name of ['dragenter', 'dragover']) {
  document.addEventListener(name, (event) => {
    const zone = document.querySelector('[data-upload]');
    if (!zone || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    zone.classList.add('over');
  });
}
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.querySelector('[data-upload]')?.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  const zone = document.querySelector('[data-upload]');
  if (!zone || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  zone.classList.remove('over');
  begin(zone, event.dataTransfer.files[0]);
});
