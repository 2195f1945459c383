// The service worker of the trainer's list (its scope: /training/meetings/): what was opened once with a network is there
// without one. The network always comes first. The site puts VERSION in front, a digest of everything that is bundled: a new
// version of the site begins a store of its own. Who is signed out, or may not see a list any more, finds none kept.

const STORE = `bilik-lists-${VERSION}`;
const LIST = /^\/training\/meetings\/\d+$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (LIST.test(pathname)) event.respondWith(list(event, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(part(event, pathname));
});

async function begin() {
  for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name);
  await self.clients.claim();
}

async function list(event, path) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok && !answer.redirected) await keep(path, answer.clone()); // before the page forgets what it shows
    else if (answer.status < 500) await caches.delete(STORE); // led to sign-in, or refused
    return answer;
  } catch (away) {
    // A page that asks for itself wants to know how things are now; only who opens it gets what was kept.
    const kept = event.request.mode === "navigate" && (await caches.match(path));
    if (kept) return kept;
    throw away;
  }
}

async function part(event, path) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(keep(path, answer.clone()));
    return answer;
  } catch (away) {
    const kept = await caches.match(path);
    if (kept) return kept;
    throw away;
  }
}

async function keep(path, answer) {
  try {
    await (await caches.open(STORE)).put(path, answer);
  } catch {
    // no room: the list works while it stays open
  }
}
