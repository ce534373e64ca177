// Nothing needs this: what a filter or a slider asks for is asked at once, and a slider says its value.
for (const form of document.querySelectorAll("form.filters")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
}
for (const slider of document.querySelectorAll("input[type=range][data-with]")) {
  const box = document.getElementById(slider.dataset.with);
  slider.addEventListener("input", () => { box.value = slider.value; });
  slider.addEventListener("change", () => slider.form.requestSubmit());
  box.addEventListener("input", () => { slider.value = box.value; });
}
