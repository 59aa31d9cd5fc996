// Where the networks are in a file of their own: it is asked for when the reader comes near, and once. A classic script, as that
// file is, since a page that was opened from a disk may load no module.
{
  const WORDS = {
    en: { coming: "The networks are on their way.", failed: "The networks could not be loaded; the picture stands." },
    zh: { coming: "正在载入网络。", failed: "网络无法载入，图仍可使用。" },
  };
  const roots = [...document.querySelectorAll(".reader[data-from]")];
  const near = new IntersectionObserver((seen) => {
    const come = seen.find(({ isIntersecting }) => isIntersecting)?.target;
    if (!come) return;
    near.disconnect();
    const words = WORDS[come.dataset.language] ?? WORDS.en;
    const note = document.createElement("p");
    const script = document.createElement("script");
    note.role = "status";
    note.textContent = words.coming;
    come.append(note);
    script.src = come.dataset.from;
    script.onload = () => note.remove();
    script.onerror = () => (note.textContent = words.failed);
    document.head.append(script);
  }, { rootMargin: "300px" });
  roots.forEach((root) => near.observe(root));
}
