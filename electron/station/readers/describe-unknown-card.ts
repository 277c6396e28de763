import { fail, type Failed } from '../../shared/result/index.ts';
import { globalPlatform } from '../../../native/applications/globalplatform/index.ts';
import { oath } from '../../../native/applications/oath/index.ts';
import { uicc } from '../../../native/applications/uicc/index.ts';
import type { CardLink } from '../../../native/drivers/card-driver.ts';
import { openPipe } from '../../../native/pipe/index.ts';

/**
 * A card without PIV is refused with what was seen of it: its answer to reset and the applications that
 * answer when they are selected, which changes nothing on it. Every other fault stays as it is.
 */
export async function describeUnknownCard(refused: Failed, link: CardLink): Promise<Failed> {
  const { code, data } = refused.fault;
  if (code !== 'card-unsupported') return refused;
  const answers: string[] = [];
  for (const [name, application] of applications) {
    const opened = await application.open(openPipe(link));
    if (opened.ok) answers.push(name);
  }
  return fail('card-unsupported', {
    ...data,
    atr: Buffer.from(link.atr).toString('hex'),
    ...(answers.length > 0 && { answers: answers.join(', ') }),
  });
}

/** As a technician calls them. */
const applications = [
  ['GlobalPlatform', globalPlatform],
  ['SIM', uicc],
  ['OATH', oath],
] as const;
