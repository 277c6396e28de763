import type { OfficerReader, ReaderView } from '../../shared/contract/index.ts';

/** What a screen that nobody has signed in at may know of the readers: whose officer's card is where, nothing of customers'. */
export const officerReaders = (views: readonly ReaderView[]): OfficerReader[] =>
  views
    .filter(({ takes }) => takes === 'card')
    .map(({ reader, label, virtual, medium }) => ({
      reader,
      label,
      virtual,
      holds: holdsOf(medium),
      ...(medium?.officerCard && { officerCard: medium.officerCard }),
    }));

const holdsOf = (medium: ReaderView['medium']): OfficerReader['holds'] => {
  if (!medium) return 'nothing';
  if (medium.officerCard) return 'officer-card';
  return medium.refusals.some(({ code }) => code === 'reader-busy') ? 'not-read-yet' : 'another-card';
};
