"""The oldest browsers that are promised, and how a new Chromium is made to lack what they lack."""

OLDEST = {"Chrome": 92, "Firefox": 115, "Safari": 16}  # below them a page has its pictures as they start, and no controls

# Run before the scripts of a page. What one of the three lacks is taken away, or refused as that browser refuses it.
LACKS = """
for (const name of ["at", "with", "toSorted", "toReversed", "toSpliced", "findLast", "findLastIndex"])
    delete Array.prototype[name];
for (const name of ["hasOwn", "groupBy"]) delete Object[name];
for (const name of ["isWellFormed", "toWellFormed"]) delete String.prototype[name];
for (const name of ["togglePopover", "showPopover", "hidePopover", "popover"]) {
    delete Element.prototype[name];
    delete HTMLElement.prototype[name];
}
for (const name of Object.getOwnPropertyNames(Element.prototype)) if (/^aria[A-Z]/.test(name)) delete Element.prototype[name];
delete globalThis.structuredClone;
for (const [kind, names] of [[Element, ["querySelector", "querySelectorAll", "closest", "matches"]],
                             [Document, ["querySelector", "querySelectorAll"]],
                             [DocumentFragment, ["querySelector", "querySelectorAll"]]])
    for (const name of names) {
        const own = kind.prototype[name];
        kind.prototype[name] = function (selector) {
            if (/:(has|popover-open|open|modal|user-)/.test(selector)) throw new SyntaxError(`${selector} is no selector here`);
            return own.call(this, selector);
        };
    }
"""
