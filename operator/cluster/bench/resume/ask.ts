/**
 * Asks URLs until they answer, and says when each did. It runs in a pod, where the door to workspaces will be: from elsewhere
 * NetworkPolicies keep them. Questions and answers are lines of JSON; it ends with its stdin.
 */
import { get } from 'node:http';
import { createInterface } from 'node:readline';

export interface Question {
  readonly url: string;
  readonly token: string;
}
export interface Answer {
  readonly url: string;
  readonly atMs: number;
}

const EVERY_MS = 20;
/** What is sent to an address that nobody has yet is lost, and would be sent again only after a second. */
const LONGEST_CONNECT_MS = 100;
const LONGEST_ANSWER_MS = 5_000;
const MOST_AT_ONCE = 8;

for await (const line of createInterface({ input: process.stdin })) askUntilAnswered(JSON.parse(line) as Question);

function askUntilAnswered(question: Question): void {
  let underWay = 0;
  let isAnswered = false;
  const timer = setInterval(() => {
    if (underWay >= MOST_AT_ONCE) return;
    underWay += 1;
    void ask(question).then(isYes => {
      underWay -= 1;
      if (!isYes || isAnswered) return;
      isAnswered = true;
      clearInterval(timer);
      const answer: Answer = { url: question.url, atMs: Date.now() };
      process.stdout.write(`${JSON.stringify(answer)}\n`);
    });
  }, EVERY_MS);
}

function ask({ url, token }: Question): Promise<boolean> {
  return new Promise(resolve => {
    const headers = { authorization: `token ${token}` };
    const request = get(url, { agent: false, timeout: LONGEST_ANSWER_MS, headers });
    const tooLong = setTimeout(() => request.destroy(), LONGEST_CONNECT_MS);
    request.once('socket', socket => socket.once('connect', () => clearTimeout(tooLong)));
    request.once('response', response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy()).once('error', () => undefined);
    request.once('close', () => {
      clearTimeout(tooLong);
      resolve(false);
    });
  });
}
