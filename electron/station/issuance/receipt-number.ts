/** One receipt for one card: `CW-7K3M-9QXD-2RTA` has receipt `R-7K3M-9QXD-2RTA`. */
export const receiptNumberOf = (cardId: string): string => `R-${cardId.replace(/^CW-/, '')}`;
