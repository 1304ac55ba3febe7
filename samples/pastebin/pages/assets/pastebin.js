// The front end of the third stage: the files come from the web server, the data from the API behind it.
const list = document.querySelector("#pastes");
const notice = document.querySelector("#notice");

async function ask(path, options) {
  const answer = await fetch("/api" + path, options);
  if (!answer.ok) throw new Error(answer.status === 503 ? "The application is down, try again soon." : "It answered " + answer.status + ".");
  return answer.json();
}

async function show() {
  const pastes = await ask("/pastes");
  list.replaceChildren(...pastes.map(({ id, text }) => {
    const item = document.createElement("li");
    const name = item.appendChild(document.createElement("small"));
    name.textContent = "paste " + id;
    item.appendChild(document.createElement("pre")).textContent = text;
    return item;
  }));
}

document.querySelector("#new").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { id } = await ask("/pastes", { method: "POST", body: event.target.text.value });
    event.target.reset();
    notice.textContent = "Kept as paste " + id + ".";
    await show();
  } catch (problem) {
    notice.textContent = problem.message;
  }
});

show().catch((problem) => { notice.textContent = problem.message; });
