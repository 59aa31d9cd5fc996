// Reads {language: sentences} from the standard input and answers with what networks.js and page.js make of them: run by test_typed.py.
import fs from "node:fs";

const { reading, unpacked, logProbabilities, listening, understood, readable, keepers, unclosed, ALL } = await import(process.env.TYPED_JS);
const answers = {};
for (const [language, { weights, sentences }] of Object.entries(JSON.parse(fs.readFileSync(0, "utf8")))) {
  const book = unpacked(JSON.parse(weights));
  const known = {};
  answers[language] = sentences.map((sentence, k) => {
    const letters = readable(sentence);
    const numbers = [book.numberOf("\n"), ...letters.map(book.numberOf)];
    const found = {};
    for (const [name, net] of Object.entries(book.networks)) {
      known[name] = reading(net, numbers, known[name]); // as it is typed: what stayed is taken over from the last sentence
      const asked = 1 + (numbers.length % (book.letters.length - 1));
      found[name] = {
        logP: [...logProbabilities(known[name], numbers.length)],
        norms: [...listening(known[name], numbers.length, asked)],
      };
    }
    const half = k < 20 ? understood(book, letters, letters.length >> 1) : {}; // the strange ones
    const finite = Object.values(half).every(({ guesses, norms, back }) =>
      guesses.every(({ logP }) => Number.isFinite(logP)) && norms.every(Number.isFinite) && back <= letters.length);
    const together = understood(book, letters, letters.length, {}, ALL);
    const named = understood(book, letters, letters.length, {}, book.letters[1]);
    const asked = [together, named].map((read) => [...new Set(Object.values(read).map(({ asked }) => book.letters[asked]))]);
    const since = unclosed(letters) + 2;
    const open = keepers(known.lstm, 3, since).map(({ unit }) => unit);
    return { length: letters.length, found, finite, asked, since, open };
  });
}
process.stdout.write(JSON.stringify(answers));
