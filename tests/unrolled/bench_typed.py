"""What a keystroke costs in the page, with a sentence of a hundred letters: `python tests/unrolled/bench_typed.py`.

A keystroke is the handler, the frame that reads, looks back and draws, and the layout after it, without the wait for the frame.
Beside it stands the processor time of the page for a keystroke, painting included, which does not count what else runs here.
"""

import sys
from pathlib import Path

import numpy as np
from explorables.page import document
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from conftest import FLAGS
from find_browser import installed

KEYSTROKES = """async () => {
  const field = document.querySelector("textarea");
  const times = [];
  for (let k = 0; k < 100; k++) {
    times.push(await new Promise((done) => {
      let time = 0;
      requestAnimationFrame(() => (time -= performance.now()));
      const begin = performance.now();
      field.value = field.value.slice(0, 99) + "abcdefghij"[k % 10];
      field.dispatchEvent(new Event("input", { bubbles: true }));
      time += performance.now() - begin;
      requestAnimationFrame(() => {
        document.body.getBoundingClientRect();
        time += performance.now();
        setTimeout(() => done(time), 0);
      });
    }));
  }
  return times;
}"""


def processor_time(session):
    """Seconds that the page has taken of a processor so far."""
    return next(m["value"] for m in session.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")


def main():
    import matplotlib.pyplot as plt
    from unrolled import words
    from unrolled.typed import typed

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=installed(), args=FLAGS)
        for language in words.LANGUAGES:
            words.speak(language)
            fig, ax = plt.subplots()
            ax.plot([0, 1])
            html = document(typed(fig, alt="A line.", caption="").to_html(), "A page", language)
            for slowed in (1, 6):
                page = browser.new_page()
                page.set_content(html)
                page.locator(".reader-row.chrono kbd").first.wait_for()
                page.locator("textarea").fill(("The forget gate of the " if language == "en" else "遗忘门") * 40)
                session = page.context.new_cdp_session(page)
                session.send("Performance.enable", {"timeDomain": "threadTicks"})
                session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
                page.evaluate(KEYSTROKES)
                begin = processor_time(session)
                times = page.evaluate(KEYSTROKES)
                spent = 1000 * (processor_time(session) - begin) / len(times)
                page.close()
                least, median, most = np.quantile(times, [0, 0.5, 0.95])
                print(
                    f"{language}, slowed {slowed}: least {least:.1f}, median {median:.1f}, 95 % within {most:.1f} ms; "
                    f"processor {spent:.1f} ms"
                )
        browser.close()


if __name__ == "__main__":
    main()
