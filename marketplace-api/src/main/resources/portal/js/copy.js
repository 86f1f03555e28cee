// Copy buttons: they stay hidden without JavaScript, since the text beside them can be selected.
function show(root) {
  for (const button of root.querySelectorAll('button[data-copy][hidden]')) {
    button.hidden = false;
  }
}

async function copy(button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  } catch {
    button.textContent = button.dataset.failed; // no permission, or not a secure origin
    window.getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
  }
  setTimeout(() => { button.textContent = label; }, 2500);
}

document.addEventListener('click', event => {
  const button = event.target.closest('button[data-copy]');
  if (button) {
    copy(button);
  }
});
document.addEventListener('htmx:afterSwap', event => show(event.detail.target.ownerDocument));
show(document);
