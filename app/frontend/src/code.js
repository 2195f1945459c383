// The code on the screen of the room lives for a minute: a new one is fetched every ten seconds.

const shown = document.getElementById("training-code");

setInterval(async () => {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("training-code");
    if (fresh) shown.replaceChildren(...fresh.childNodes);
  } catch {
    // the network is away; the next time
  }
}, 10_000);
