/**
 * One line from the person at the terminal; `hidden`: nothing of it appears there. Undefined: Ctrl-C, Ctrl-D, or the
 * terminal is gone. Prompts go to stderr: stdout is for the answer.
 */
export const askAtTerminal = (prompt: string, look: 'hidden' | 'shown'): Promise<string | undefined> =>
  new Promise((resolve) => {
    const { stdin, stderr } = process;
    let line = '';
    const end = (answer: string | undefined): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      resolve(answer);
    };
    const onEnd = (): void => {
      end(undefined);
    };
    const onData = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      for (let at = 0; at < text.length; at += 1) {
        const letter = text.charAt(at);
        if (letter === '\r' || letter === '\n') {
          // What was typed ahead is for the next question.
          const rest = text.slice(at + 1);
          end(line);
          if (rest !== '') stdin.unshift(Buffer.from(rest));
          return;
        }
        if (letter === '\u0003' || letter === '\u0004') {
          end(undefined);
          return;
        }
        if (letter === '\u007f' || letter === '\b') {
          if (line !== '' && look === 'shown') stderr.write('\b \b');
          line = line.slice(0, -1);
        } else if (letter >= ' ') {
          line += letter;
          if (look === 'shown') stderr.write(letter);
        }
      }
    };
    // First the terminal shows nothing any more, then the person is asked.
    stdin.setRawMode(true);
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.resume();
    stderr.write(prompt);
  });
