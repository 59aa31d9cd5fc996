// What is said to the reader, in the language of the page; and how elements are made.
const WORDS = {
  en: {
    edit: "Edit and run", own: "Try it here", run: "Run", stop: "Stop", back: "Back to the book’s", away: "Throw away",
    download: "Download as a notebook", code: "Code of this cell", begin: "Begin with",
    keys: "Ctrl + Enter runs. Tab indents; Escape, then Tab, leaves the field.",
    loading: "Loading Python", mb: (n, of) => `${n} of ${of} MB`, starting: "Starting Python", waiting: "Python is ready.",
    above: (n, of) => `Running what this cell needs from above: ${n + 1} of ${of}`, running: "Running",
    done: (s, n) => `Done in ${s} s.${n ? ` First ${n === 1 ? "one cell" : `${n} cells`} above ran, quietly.` : ""}`,
    below: "The cell below, which uses it, ran too.", nothing: "It shows nothing.", busy: "Another cell is running: stop it first.",
    wrong: "An error.", line: (n, code) => `Line ${n}: ${code}`, there: (n, code) => `Line ${n} of a cell above: ${code}`,
    under: (n, code) => `Line ${n} of a cell below: ${code}`, go: "Go to that cell", see: "See it",
    module: (name) => `There is no ${name} here, only most of Python’s own modules, numpy, matplotlib and the packages of this book.`,
    memory: "The browser has no more memory for this.", stopped: "Stopped. The next run starts Python again.",
    offline: "Python could not be fetched: nobody answers. Are you offline? The page stands as it was.",
    missing: (what) => `Python could not be fetched: ${what} is missing on this site. The page stands as it was.`,
    altered: (what) => `Python was not started: ${what} is not the file that belongs to this book. The page stands as it was.`,
    broken: (what) => `Python could not go on: ${what}. The page stands as it was.`,
    old: "Python does not start in this browser: it needs a newer one. The page stands as it was.",
    slow: "Python does not start in this browser: for a minute and a half nothing has come. The page stands as it was.",
    unsaved: "The notebook could not be fetched: nobody answers. Are you offline?",
    books: "as in the book; below, what you ran", yours: "changed by you",
    typed: (what) => `Python could not be fetched: this server does not hand out ${what} as JavaScript. The page stands as it was.`,
  },
  zh: {
    edit: "编辑并运行", own: "在这里试", run: "运行", stop: "停止", back: "恢复书中原样", away: "清除",
    download: "下载为笔记本", code: "本格代码", begin: "从这里开始",
    keys: "Ctrl + Enter运行。Tab缩进；先按Escape再按Tab，即可离开。",
    loading: "正在载入Python", mb: (n, of) => `${n} / ${of} MB`, starting: "正在启动Python", waiting: "Python已就绪。",
    above: (n, of) => `正在运行本格所需的上文代码：${n + 1} / ${of}`, running: "正在运行",
    done: (s, n) => `完成，用时${s}秒。${n ? `此前已在后台运行上文${n}格。` : ""}`,
    below: "下文用到它的一格也已运行。", nothing: "没有可显示的结果。", busy: "另一格正在运行，请先停止。",
    wrong: "出错了。", line: (n, code) => `第${n}行：${code}`, there: (n, code) => `上文某格第${n}行：${code}`,
    under: (n, code) => `下文某格第${n}行：${code}`, go: "转到那一格", see: "转到结果",
    module: (name) => `这里没有${name}，可用的只有Python标准库的大部分、numpy、matplotlib和本书的程序包。`,
    memory: "浏览器内存不足。", stopped: "已停止。下次运行会重新启动Python。",
    offline: "无法获取Python：没有响应，请检查网络。页面保持原样。",
    missing: (what) => `无法获取Python：本站缺少${what}。页面保持原样。`,
    altered: (what) => `Python没有启动：${what}与本书所用的文件不符。页面保持原样。`,
    broken: (what) => `Python无法继续运行：${what}。页面保持原样。`,
    old: "浏览器版本过旧，无法启动Python。页面保持原样。",
    slow: "在这个浏览器中无法启动Python：等待一分半钟仍无响应。页面保持原样。",
    unsaved: "无法获取笔记本：没有响应，请检查网络。",
    books: "书中原样，下面是运行结果", yours: "你改过",
    typed: (what) => `无法获取Python：服务器没有把${what}标为JavaScript。页面保持原样。`,
  },
};
const words = /^zh/i.test(document.documentElement.lang) ? WORDS.zh : WORDS.en;

/** An element; names with a dash, and roles, are attributes, for not every browser knows them as properties. */
function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role" || name.includes("-")) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

const button = (text, onclick) => element("button", { type: "button", textContent: text, onclick });
