/** Sends a canvas as a PNG mask and returns the id it is given. */
export async function sendMask(canvas, name) {
  const png = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  const answer = await fetch(`/v1/videos?purpose=Mask&name=${encodeURIComponent(name)}`, {
    method: 'POST', body: png, headers: { 'Content-Type': 'image/png' },
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? `The server answers ${answer.status}.`);
  return body.id;
}
