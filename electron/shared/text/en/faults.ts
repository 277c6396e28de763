import type { FaultTexts } from '../fault-text.ts';

export const faults: FaultTexts = {
  'not-allowed': {
    happened: 'This is not among the things your role may do.',
    means: 'Nothing was changed. The refusal is in the log.',
    todo: 'Sign in as an officer who may do it.',
  },
  'bad-input': {
    happened: 'Something that was entered cannot be used.',
    means: 'Nothing was sent to the bank or the card.',
    todo: 'Correct the entry.',
  },
  'unknown-call': {
    happened: 'This screen asked for something the station does not know.',
    means: 'Screen and station are of different versions. Nothing was changed.',
    todo: 'Restart the station.',
  },
  'port-closed': {
    happened: 'This screen lost its connection to the station.',
    means: 'Work that was running is safe in the journal.',
    todo: 'Try again; if it stays, restart the station.',
  },
  'internal-error': {
    happened: 'The station made a mistake of its own.',
    means: 'It stopped before doing anything it was not sure of.',
    todo: 'Give the report number to the technician.',
  },

  'sign-in-refused': {
    happened: 'Officer number and password do not belong together.',
    means: 'Nobody is signed in.',
    todo: 'Type the password again.',
  },
  'sign-in-delayed': {
    happened: 'Too many wrong passwords in a row.',
    means: 'The station waits before it takes another one[: {seconds} seconds].',
    todo: 'Wait, then type the password again.',
  },
  'session-expired': {
    happened: 'You were signed out after a time without work.',
    means: 'Runs that were open are kept.',
    todo: 'Sign in again.',
  },
  'officers-entered-already': {
    happened: 'This station has its officers already.',
    means: 'The first manager was entered before, and only managers enter officers now. Nothing was done.',
    todo: 'Sign in, or ask a manager to enter you.',
  },
  'officer-entered-already': {
    happened: 'This officer number works here already[: {officerId}].',
    means: 'Nothing was changed.',
    todo: 'Use another number, or end the officer first and enter them anew.',
  },
  'officer-unknown': {
    happened: 'Nobody of this number works at this station[: {officerId}].',
    means: 'The officer was never entered, was ended, or was changed meanwhile. Nothing was done.',
    todo: 'Look at the list of officers again.',
  },
  'officer-password-weak': {
    happened: 'The station does not take this password.',
    means: 'It is too short, too easy to guess, or the one that was handed over.',
    todo: 'Choose another one: at least 12 characters, without the officer number.',
  },
  'start-password-over': {
    happened: 'This start password is no longer good.',
    means: 'It was to be used within a week. Nobody is signed in.',
    todo: 'Ask a manager for a new one.',
  },
  'last-manager': {
    happened: 'There is no other manager who could go on here.',
    means: 'Without one nobody could enter officers at this station any more. Nothing was done.',
    todo: 'Enter another manager first, with a card where cards are needed.',
  },
  'first-manager-code-refused': {
    happened: 'The bank does not take this code for this station.',
    means: 'It is mistyped, older than a week, or was used for another officer. Nobody was entered.',
    todo: 'Type it again, or let the bank give out a new one.',
  },
  'manager-code-refused': {
    happened: 'The bank does not take this code for this manager of this station.',
    means:
      'It is mistyped, older than a week, was used before, or is for another officer. No password was changed.',
    todo: 'Type code and number again, or let the bank give out a new one.',
  },

  'manager-with-card': {
    happened: 'Another manager of this station has a card[: {officerId}].',
    means: 'No code was given out.',
    todo: 'Let that manager enter the successor, and sign for it.',
  },
  'officer-card-needed': {
    happened: 'This station asks for an officer’s own card as well.',
    means: 'Nobody is signed in and nothing was done.',
    todo: 'Put your card into a reader and type its PIN.',
  },
  'officer-card-wrong': {
    happened: 'The card in this reader is not an officer’s card.',
    means: 'It was not asked for anything, and no try was spent.',
    todo: 'Put your own card in.',
  },
  'officer-card-of-another': {
    happened: 'This is another officer’s card[: {officerId}].',
    means: 'No try was spent on it.',
    todo: 'Put your own card in.',
  },
  'officer-card-expired': {
    happened: 'The certificate on your card is not valid at this time[: until {notAfter}].',
    means: 'It signs nothing any more.',
    todo: 'Ask a manager for a new card.',
  },
  'officer-card-revoked': {
    happened: 'This officer’s card was taken out of use.',
    means: 'The bank accepts nothing from it any more.',
    todo: 'Ask a manager for a new card.',
  },
  'officer-card-unknown': {
    happened: 'The bank does not know this officer’s card as good.',
    means: 'Its enrolment was not finished, or it comes from elsewhere.',
    todo: 'Ask a manager to enrol the card.',
  },
  'officer-card-unchecked': {
    happened: 'The bank cannot be asked whether this card is still good.',
    means: 'The last time it was asked is too long ago.',
    todo: 'Try again when the bank can be reached.',
  },
  'officer-card-in-use': {
    happened: 'This card is an officer’s own card[: {officerId}].',
    means: 'It opens the station and is never written over for a customer.',
    todo: 'Leave it to its officer and use a blank card.',
  },
  'officer-pin-wrong': {
    happened: 'The PIN of your card is wrong.[ Tries left: {triesLeft}.]',
    means: 'The card counts wrong PINs and blocks itself.',
    todo: 'Type it again with care.',
  },
  'officer-pin-last-try': {
    happened: 'Your card has one PIN try left.',
    means: 'The station never uses the last try.',
    todo: 'Ask a manager for a new card.',
  },
  'officer-pin-blocked': {
    happened: 'The PIN of your card is blocked.',
    means: 'The card signs nothing any more.',
    todo: 'Ask a manager for a new card.',
  },
  'officer-pin-format': {
    happened: 'A card PIN has 6 to 8 digits, and is not the factory’s.',
    means: 'It was not sent to the card.',
    todo: 'Type another one.',
  },
  'officer-signature-needed': {
    happened: 'This needs the signature of your card.',
    means: 'Nothing was done.',
    todo: 'Put your card in and sign.',
  },
  'officer-signature-refused': {
    happened: 'The signature was not accepted[ ({reason})].',
    means: 'It is of another text, time, card or officer. Nothing was done.',
    todo: 'Read the decision again and sign anew.',
  },
  'officer-act-expired': {
    happened: 'What you wanted to sign was shown too long ago, or has changed.',
    means: 'Nothing was signed.',
    todo: 'Read it again and sign.',
  },

  'run-unknown': {
    happened: 'There is no such run at this station.',
    means: 'Nothing was changed.',
    todo: 'Go back to the list of runs.',
  },
  'run-busy': {
    happened: 'This run is doing something right now, or is finished.',
    means: 'What you asked for was not done.',
    todo: 'Look at where it stands now.',
  },
  'run-not-asking': {
    happened: 'The run no longer waits for this answer.',
    means: 'Somebody answered before, or the run moved on.',
    todo: 'Look at where it stands now.',
  },
  'run-interrupted': {
    happened: 'The station stopped while this run was going on.',
    means: 'Every finished step is kept; none is done twice.',
    todo: 'Put the same card back and resume.',
  },
  'run-cancelled': {
    happened: 'The run was stopped here by an officer.',
    means: 'What was done so far still stands.',
    todo: 'Undo it, or resume after all.',
  },
  'batch-unknown': {
    happened: 'This station has no such batch.',
    means: 'Nothing was changed.',
    todo: 'Look at the list of batches.',
  },
  'batch-open': {
    happened: 'Another batch is open at this station.',
    means: 'Two batches would take the cards from each other.',
    todo: 'End that one first.',
  },

  'journal-damaged': {
    happened: 'The record of this run cannot be read.',
    means: 'The station will not guess. The file is kept as it is.',
    todo: 'Call the technician.',
  },
  'database-damaged': {
    happened: 'A database file is damaged.',
    means: 'It is set aside untouched; nothing more is written to it.',
    todo: 'Call the technician.',
  },
  'database-locked': {
    happened: 'Another program is using the database.',
    means: 'Nothing was written.',
    todo: 'Try again in a moment.',
  },
  'storage-full': {
    happened: 'The disk of this computer is full.',
    means: 'The step was not recorded and therefore not done.',
    todo: 'Call the technician to make room.',
  },
  'audit-chain-broken': {
    happened: 'The log does not match its own seal[ at record {brokenAt}].',
    means: 'A record was changed, removed or added outside the station.',
    todo: 'Call the manager. Leave the station as it is.',
  },

  'device-process-lost': {
    happened: 'The part of the station that talks to readers stopped.',
    means: 'It starts again by itself. The card may be in the middle of a step.',
    todo: 'Leave the card where it is and try again.',
  },
  'reader-unknown': {
    happened: 'This reader is not connected[: {reader}].',
    means: 'Nothing was written.',
    todo: 'Choose another reader.',
  },
  'reader-gone': {
    happened: 'The reader was unplugged.',
    means: 'The card in it may be unfinished.',
    todo: 'Plug the reader in and put the same card back.',
  },
  'reader-busy': {
    happened: 'Another run or program is using this reader[: {programs}].',
    means: 'Nothing was written.',
    todo: 'Try again when it is free.',
  },
  'pcsc-unavailable': {
    happened: 'The smart-card service of this computer is not running.',
    means: 'SIMs and smart cards cannot be read; SD cards can.',
    todo: 'Call the technician.',
  },
  'no-medium': {
    happened: 'There is nothing in the reader.',
    means: 'Nothing was written.',
    todo: 'Insert the card.',
  },

  'card-removed': {
    happened: 'The card was taken out.',
    means: 'It is unfinished and not valid yet. Nothing is lost.',
    todo: 'Put the same card back and go on.',
  },
  'card-swapped': {
    happened: 'This is not the card the run began with.',
    means: 'This card was not touched.',
    todo: 'Put the first card back and go on.',
  },
  'card-mute': {
    happened: 'The card does not answer.',
    means: 'It may lie the wrong way round, or be broken.',
    todo: 'Turn it round or use another card.',
  },
  'card-timeout': {
    happened: 'The card took too long to answer.',
    means: 'It is not known whether it did what it was told; going on finds out.',
    todo: 'Take it out, put it back, and go on.',
  },
  'card-bad-answer': {
    happened: 'The card answered something that makes no sense.',
    means: 'It cannot be trusted with a key.',
    todo: 'Use another card.',
  },
  'card-unsupported': {
    happened: 'This type of card cannot be issued here.',
    means:
      'It lacks what the bank needs. It was not changed.[ It answers as: {answers}.][ Answer to reset: {atr}.]',
    todo: 'Use a card from the stock.',
  },
  'card-key-weak': {
    happened: 'This card must not make a key of this kind.',
    means: 'Such cards make keys of this kind that can be broken[: {card}]. It was not changed.',
    todo: 'Choose another algorithm, or use another card.',
  },
  'card-key-not-there': {
    happened: 'This card cannot make a key of this kind.',
    means: 'It does not know the algorithm[: {card}]. It was not changed.',
    todo: 'Choose another algorithm, or use another card.',
  },
  'card-foreign': {
    happened: 'This card belongs to somebody else[: {issuer}].',
    means: 'It carries content of another issuer and was not changed.',
    todo: 'Give it back and use a card from the stock.',
  },
  'card-already-issued': {
    happened: 'This card is already issued to a customer.',
    means: 'It was not changed.',
    todo: 'Use a blank card, or have a technician wipe this one.',
  },
  'card-status': {
    happened: 'The card refused a command[ ({sw})].',
    means: 'The step was not done.',
    todo: 'Use another card.',
  },
  'card-full': {
    happened: 'There is no room left on the card.',
    means: 'The content was not written completely.',
    todo: 'Use another card.',
  },
  'card-management-key-refused': {
    happened: 'The card did not accept the bank’s management key.',
    means: 'It was prepared by somebody else, or its key was changed.',
    todo: 'Put it aside for the technician.',
  },
  'card-quarantined': {
    happened: 'This card refused a key of the bank before and is set aside.',
    means: 'Another attempt could lock it for ever, so none is made.',
    todo: 'Take another card and give this one to the technician.',
  },
  'card-not-quarantined': {
    happened: 'This card is not in quarantine.',
    means: 'Somebody has decided already, or it never was set aside.',
    todo: 'Read the list again.',
  },
  'card-in-force': {
    happened: 'This card is in force for a customer.',
    means: 'A batch wipes only cards that the bank has ended. It was not changed.',
    todo: 'Take it out. If it is to go, wipe it alone and give the reason.',
  },
  'card-shared': {
    happened: 'Other banks have keys on this card.',
    means: 'Wiping it would take them too, and in a batch nobody looks at each card. It was not changed.',
    todo: 'Put it aside. At the technician’s desk it can be wiped by itself, once its customer agrees.',
  },
  'card-channel-broken': {
    happened: 'The protected connection to the card broke.',
    means: 'An answer did not come from the card as it was. Nothing after it was done.',
    todo: 'Take the card out, put it back, and go on.',
  },
  'card-pin-needed': {
    happened: 'The SIM asks for its PIN before it shows this.',
    means: 'The customer has switched the PIN of the SIM on.',
    todo: 'Let the customer enter the PIN of the SIM.',
  },
  'applet-damaged': {
    happened: 'The card program from the bank is damaged.',
    means: 'It was not loaded onto the card.',
    todo: 'Ask the bank for it again.',
  },
  'applet-newer-on-card': {
    happened: 'The card program on the card is newer than the bank’s.',
    means: 'It is never replaced by an older one. The card was not changed.',
    todo: 'Put the card aside for the technician.',
  },
  'applet-not-newer': {
    happened: 'The bank has no newer card program for this card[: {version}].',
    means: 'What is on the card is what the bank wants there.',
    todo: 'Nothing needs to be done.',
  },
  'applet-holds-data': {
    happened: 'The card program on this card holds what belongs to its customer.',
    means: 'A newer one would take its place, and the customer’s data with it. The card was not changed.',
    todo: 'Make the customer a new card, or wipe this one first.',
  },
  'applet-unknown': {
    happened: 'The bank does not supply this card program any more.',
    means: 'The run needs the very file it began with.',
    todo: 'Ask the bank to supply it again, then go on.',
  },
  'applet-refused': {
    happened: 'The bank does not let this card program change the card[: {packageAid}].',
    means:
      'It is not what the bank’s own list has. The bank has ended the connection to the card and made a note of it.',
    todo: 'Do not try again. Set the card aside and tell the bank.',
  },
  'card-command-refused': {
    happened: 'The bank refused a command for the card[: {command}].',
    means: 'Stations never need it. The bank has ended the connection to the card and made a note of it.',
    todo: 'Set the card aside and tell the bank: somebody may have changed this station.',
  },
  'card-pin-wrong': {
    happened: 'The card PIN is wrong.[ Tries left: {triesLeft}.]',
    means: 'The card counts wrong PINs and blocks itself.',
    todo: 'Let the customer enter it again.',
  },
  'card-pin-last-try': {
    happened: 'The card has one PIN try left.',
    means: 'The station never uses the last try by itself.',
    todo: 'Use another card.',
  },
  'card-pin-blocked': {
    happened: 'The card’s PIN is blocked.',
    means: 'The card cannot be used until it is unblocked.',
    todo: 'Call the technician.',
  },
  'card-pin-format': {
    happened: 'The card PIN has to be 6 to 8 digits.',
    means: 'It was not sent to the card.',
    todo: 'Let the customer choose another one.',
  },
  'pin-pad-timeout': {
    happened: 'Nobody finished typing the card PIN at the reader.',
    means: 'The card was not asked and no try was spent.',
    todo: 'Ask the customer to type it at the reader, and try again.',
  },
  'pin-pad-cancelled': {
    happened: 'Typing the card PIN was cancelled at the reader.',
    means: 'The card was not asked and no try was spent.',
    todo: 'Try again when the customer is ready.',
  },
  'pin-pad-mismatch': {
    happened: 'The new card PIN was not typed the same way twice.',
    means: 'The card PIN has not changed and no try was spent.',
    todo: 'Ask the customer to type it again.',
  },
  'card-object-missing': {
    happened: 'Something that should be on the card is not there.',
    means: 'The card is not valid and cannot be handed over.',
    todo: 'Undo this run and use another card.',
  },
  'card-read-back-differs': {
    happened: 'What the card gives back is not what was written.',
    means: 'The card is not valid and cannot be handed over.',
    todo: 'Undo this run and use another card.',
  },
  'card-key-mismatch': {
    happened: 'The key on the card is not the key in the certificate.',
    means: 'The card could not sign for this customer.',
    todo: 'Undo this run and use another card.',
  },
  'card-incomplete': {
    happened: 'The card was left unfinished by an earlier run.',
    means: 'It is not valid anywhere.',
    todo: 'Undo that run, or have a technician wipe the card.',
  },

  'medium-unknown': {
    happened: 'The station cannot tell what was inserted.',
    means: 'It was not changed.',
    todo: 'Insert another one.',
  },
  'medium-removed': {
    happened: 'The SD card was taken out.',
    means: 'It is unfinished and not valid yet. Nothing is lost.',
    todo: 'Put the same SD card back and go on.',
  },
  'medium-swapped': {
    happened: 'This is not the SD card the run began with.',
    means: 'This SD card was not touched.',
    todo: 'Put the first SD card back and go on.',
  },
  'medium-full': {
    happened: 'There is not enough room on the SD card.',
    means: 'The customer’s own files were not touched.',
    todo: 'Use another SD card.',
  },
  'medium-write-protected': {
    happened: 'The SD card is locked.',
    means: 'Nothing was written.',
    todo: 'Slide the small switch on its edge up and insert it again.',
  },
  'medium-io-error': {
    happened: 'The SD card failed while it was read or written.',
    means: 'It may be worn out; what is on it is not valid.',
    todo: 'Use another SD card.',
  },
  'medium-system-disk': {
    happened: 'This is a disk of this computer, not an SD card.',
    means: 'The station never writes to it.',
    todo: 'Insert an SD card.',
  },
  'medium-unsupported': {
    happened: 'This SD card is formatted in a way phones cannot read.',
    means: 'Nothing was written.',
    todo: 'Use an SD card with FAT32 or exFAT.',
  },
  'medium-already-issued': {
    happened: 'This SD card already carries a card of this bank.',
    means: 'It was not changed.',
    todo: 'Use another SD card, or have a technician wipe this one.',
  },
  'medium-false-capacity': {
    happened: 'The SD card holds less than it claims.',
    means: 'It is a counterfeit or broken; what is on it would be lost one day.',
    todo: 'Use another SD card and reject this one.',
  },
  'medium-read-not-cold': {
    happened: 'The computer answered from its memory instead of the SD card.',
    means: 'What is on the card has not been proven.',
    todo: 'Close other programs that use the SD card, take it out and insert it again.',
  },
  'medium-read-back-differs': {
    happened: 'What the SD card gives back is not what was written[: {path}].',
    means: 'It is not valid and cannot be handed over.',
    todo: 'Undo this run and use another SD card.',
  },
  'medium-file-missing': {
    happened: 'A file that should be on the SD card is not there[: {path}].',
    means: 'It is not valid and cannot be handed over.',
    todo: 'Undo this run and use another SD card.',
  },
  'medium-incomplete': {
    happened: 'The SD card was left unfinished by an earlier run.',
    means: 'Its content is not valid anywhere.',
    todo: 'Undo that run, or have a technician wipe it.',
  },
  'medium-foreign': {
    happened: 'The SD card carries content that the bank did not put there[: {path}].',
    means: 'It was not changed.',
    todo: 'Use another SD card.',
  },
  'medium-file-damaged': {
    happened: 'A file on the SD card is damaged[: {path}].',
    means: 'It is not valid and cannot be handed over.',
    todo: 'Undo this run and use another SD card.',
  },
  'client-not-newer': {
    happened: 'There is no newer phone client than the one on this card[: {version}].',
    means: 'This station has the same version or an older one.',
    todo: 'Nothing needs to be done.',
  },
  'medium-signature-invalid': {
    happened: 'The bank’s signature on the SD card does not hold[: {path}].',
    means: 'Something on it was changed after signing.',
    todo: 'Undo this run and use another SD card.',
  },

  'browser-missing': {
    happened: 'There is no Chromium on this machine[: {looked}].',
    means: 'The station has no window to open. Nothing was changed.',
    todo: 'Install it: sudo apt-get install chromium.',
  },
  'browser-not-started': {
    happened: 'The browser[ {program}] did not open the station[: {detail}].',
    means:
      'Its administrator may have forbidden the DevTools pipe, or a library is missing[. It said: {said}].',
    todo: 'Let the technician look at the policies of the browser (RemoteDebuggingAllowed).',
  },
  'print-failed': {
    happened: 'The page could not be printed[ to {file}].',
    means: 'What was to be printed is unchanged in the station.',
    todo: 'Print it again.',
  },
  'station-runs-already': {
    happened: 'A station runs already on this machine with the same data[ ({folder})].',
    means: 'Two stations would write the same cards and the same log. This one did not start.',
    todo: 'Use the window that is open, or close it first[ (process {process})].',
  },
  'bank-server-not-started': {
    happened: 'The bank server of this machine did not start[: {detail}].',
    means: 'No card can be issued; what was issued is safe.',
    todo: 'Start the station again; if it stays, give this line to the technician.',
  },

  'bank-unreachable': {
    happened: 'The bank server does not answer.',
    means: 'Nothing is lost. Work waits and nothing is done twice.',
    todo: 'Check the network, then go on.',
  },
  'bank-timeout': {
    happened: 'The bank took too long to answer.',
    means: 'It may have done what was asked; resuming finds out and never does it twice.',
    todo: 'Resume.',
  },
  'bank-untrusted': {
    happened: 'The server that answered could not prove that it is the bank.',
    means: 'Nothing was sent to it.',
    todo: 'Call the technician.',
  },
  'bank-refused-station': {
    happened: 'The bank does not accept this station.',
    means: 'Its certificate is missing, expired or withdrawn.',
    todo: 'Call the technician.',
  },
  'station-certificate-ended': {
    happened:
      'This station’s certificate has ended.[ It was good until {endedOn}; this station’s clock says {today}.]',
    means: 'The bank lets it in no more. Nothing is lost, and work goes on once it has a new one.',
    todo: 'Call the technician: set the clock if it is wrong, else let the bank admit this station anew.',
  },
  'station-certificate-not-renewed': {
    happened: 'The bank gives this station no next certificate.',
    means: 'The one it has is good until it ends, and the station asks again.',
    todo: 'Call the technician to ask the bank why.',
  },
  'bank-bad-answer': {
    happened: 'The bank answered something that makes no sense.',
    means: 'The station did not act on it.',
    todo: 'Report it to the bank.',
  },
  'bank-internal-error': {
    happened: 'The bank server made a mistake of its own.',
    means: 'It may have done what was asked; resuming finds out.',
    todo: 'Resume.',
  },
  'bank-busy': {
    happened: 'The bank has too much to do right now.',
    means: 'Nothing was done.',
    todo: 'Resume in a moment.',
  },
  'clock-off': {
    happened: 'The clocks of station and bank differ too much.[ Station {stationTime}, bank {bankTime}.]',
    means: 'Certificates and the log need the right time.',
    todo: 'Call the technician to set the clock.',
  },
  'training-data': {
    happened: 'This data folder is a training station’s[: {folder}].',
    means: 'Officers in it have passwords that everybody knows. The production station did not start.',
    todo: 'Give the production station a data folder of its own.',
  },
  'training-only': {
    happened: 'This exists in training mode only.',
    means: 'Nothing was changed.',
    todo: 'Go back.',
  },

  'customer-unknown': {
    happened: 'The bank does not know this customer.',
    means: 'Nothing was started.',
    todo: 'Check the number or the name.',
  },
  'customer-blocked': {
    happened: 'The bank has blocked this customer.',
    means: 'No card may be issued.',
    todo: 'Call the manager.',
  },
  'customer-has-active-card': {
    happened: 'This customer already has a card in force[: {cardId}].',
    means: 'There can be only one.',
    todo: 'Call the manager: that card has to be revoked or finished first.',
  },
  'identity-refused': {
    happened: 'The identity check was not passed.',
    means: 'Nothing was started; the refusal is in the log.',
    todo: 'Do not issue a card.',
  },
  'account-unknown': {
    happened: 'This account does not belong to the customer.',
    means: 'Nothing was started.',
    todo: 'Choose another account.',
  },
  'core-banking-unavailable': {
    happened: 'The bank’s core system gives no answer.',
    means:
      'The PIN or the customer could not be checked; nothing was decided and no try was used up as far as the bank knows.',
    todo: 'Try again in a moment; the customer types the PIN again.',
  },
  'account-pin-wrong': {
    happened: 'The account PIN is wrong.[ Tries left: {triesLeft}.]',
    means: 'The bank counts wrong PINs and blocks the account PIN after the third.',
    todo: 'Let the customer enter it again.',
  },
  'account-pin-blocked': {
    happened: 'The account PIN is blocked.',
    means: 'Too many wrong PINs. No card can be issued with this account.',
    todo: 'The bank has to give a new PIN.',
  },
  'pin-check-expired': {
    happened: 'The account PIN was checked too long ago.',
    means: 'The bank wants it again before it goes on.',
    todo: 'Let the customer enter it again.',
  },
  'login-password-weak': {
    happened: 'The bank does not take this login password.',
    means: 'It is too short or too easy to guess.',
    todo: 'Let the customer choose another one.',
  },
  'envelope-unreadable': {
    happened: 'The bank could not open what the customer entered.',
    means: 'The bank’s key has changed, or the entry was for somebody else.',
    todo: 'Let the customer enter it again.',
  },
  'card-unknown': {
    happened: 'The bank does not know this card.',
    means: 'Nothing was changed.',
    todo: 'Check the card.',
  },
  'card-state-conflict': {
    happened: 'The bank’s record of this card stands elsewhere.',
    means: 'Somebody else worked on it. Nothing was changed.',
    todo: 'Undo this run and look at the card’s record.',
  },
  'release-waits': {
    happened: 'A release of this card is already waiting for a decision.',
    means: 'One question at a time is put about one card.',
    todo: 'Let the manager decide that one.',
  },
  'second-officer-needed': {
    happened: 'The decision has to come from a second officer.',
    means: 'Who asked for the release cannot grant it. The card stays in quarantine.',
    todo: 'Let a manager decide who has not asked for it.',
  },
  'medium-already-registered': {
    happened: 'The bank already has a living card on this medium.',
    means: 'Nothing was written.',
    todo: 'Use another one, or have a technician wipe this one.',
  },
  'idempotency-conflict': {
    happened: 'The station asked the bank twice for different things under one number.',
    means: 'The bank did only the first.',
    todo: 'Give the report number to the technician.',
  },
  'request-malformed': {
    happened: 'The bank could not read the station’s request.',
    means: 'Nothing was done at the bank.',
    todo: 'Give the report number to the technician.',
  },
  'csr-refused': {
    happened: 'The CA does not certify this key.',
    means: 'There is no certificate; the card is not valid.',
    todo: 'Undo this run.',
  },
  'bank-key-conflict': {
    happened: 'The bank has no key in the state that this step needs.',
    means: 'Nothing was changed.',
    todo: 'Look at the list of the bank’s keys and do the step that is next.',
  },
  'bank-key-unfit': {
    happened: 'The key[ {label}] in the HSM is not shut as the bank’s keys must be[: {attributes}].',
    means: 'It may leave the HSM, or serve for more than it is for. It was not taken.',
    todo: 'Make another one in the HSM that can never be extracted and is for this use only.',
  },
  'key-component-wrong': {
    happened: 'This component of a master key cannot be used.',
    means:
      'Its length, check value or file is wrong, or it cancels out the other one. Nothing of it was kept.',
    todo: 'Compare with the paper and enter it again.',
  },
  'key-component-same-officer': {
    happened: 'This officer has entered the first component.',
    means: 'The key needs two people. The first component is still there.',
    todo: 'Let the other officer enter the second component.',
  },
  'key-check-value-differs': {
    happened: 'The check value of the master key is another one than expected.',
    means: 'The key was not kept and not activated. What was entered before is still there.',
    todo: 'Compare both papers. When the first component is wrong, abandon the key and begin again.',
  },
  'certificate-unknown': {
    happened: 'The CA does not know this certificate.',
    means: 'It cannot be used anywhere.',
    todo: 'Look at the card’s record.',
  },
  'certificate-revoked': {
    happened: 'This certificate is revoked.',
    means: 'It cannot be used anywhere.',
    todo: 'Issue a new card.',
  },
  'challenge-unknown': {
    happened: 'The bank’s question to the card has expired.',
    means: 'The card has not proven itself yet.',
    todo: 'Resume; the bank asks anew.',
  },
  'proof-refused': {
    happened: 'The card’s signature did not convince the bank.',
    means: 'The card is not valid and cannot be handed over.',
    todo: 'Undo this run and use another card.',
  },

  'assertion-malformed': {
    happened: 'The phone client sent something that cannot be read.',
    means: 'Nobody was logged in.',
    todo: 'Start the client on the card again.',
  },
  'assertion-expired': {
    happened: 'This login is too old.',
    means: 'Nobody was logged in. The phone’s clock may be off.',
    todo: 'Start the client on the card again.',
  },
  'assertion-replayed': {
    happened: 'This login was used before.',
    means: 'Nobody was logged in.',
    todo: 'Start the client on the card again.',
  },
  'assertion-foreign-key': {
    happened: 'The signature was not made by this card’s key.',
    means: 'Nobody was logged in. The card may be a copy.',
    todo: 'Bring the card to a branch.',
  },
  'certificate-expired': {
    happened: 'This certificate has run out.',
    means: 'It cannot be used any more.',
    todo: 'Issue a new card.',
  },
  'registration-void': {
    happened: 'This card’s registration is void.',
    means: 'Too many failed logins. The certificate has to be made anew.',
    todo: 'Bring the card to a branch.',
  },
  'registration-inactive': {
    happened: 'This card is not in force.',
    means: 'It was not activated, or it is suspended or closed.',
    todo: 'Ask at a branch.',
  },
  'login-refused': {
    happened: 'The login password is wrong.[ Tries left: {triesLeft}.]',
    means: 'Nobody was logged in.',
    todo: 'Type the password again.',
  },
  'login-delayed': {
    happened: 'Too many wrong passwords in a row.',
    means: 'The bank waits before it takes another one[: {seconds} seconds].',
    todo: 'Wait, then try again.',
  },
  'otp-wrong': {
    happened: 'The card’s one-time password is not the one the bank expects.',
    means: 'Nothing was done. After ten of them the card becomes void.',
    todo: 'Open mobile banking from the card once more.',
  },
  'card-copied': {
    happened: 'Two cards go on with the same chain of one-time passwords.',
    means: 'One of them is a copy. The card is suspended.',
    todo: 'Go to a branch with the card and an identity document.',
  },
  'chain-suspended': {
    happened: 'Two media went on with this card’s one-time passwords.',
    means: 'Released as it is, the card could not sign in.',
    todo: 'Begin its one-time passwords anew at the counter, with the customer’s account PIN, or issue another card.',
  },
  'chain-absent': {
    happened: 'This card signs in without one-time passwords.',
    means: 'Its bank or its medium uses none, so there is nothing to begin anew.',
    todo: 'Nothing needs to be done.',
  },
  'chain-move-over': {
    happened: 'The bank has no new one-time passwords under way for this card.',
    means: 'They were withdrawn, or begun once more elsewhere; what the card had before is in force.',
    todo: 'Undo this run, then begin again with the customer’s account PIN.',
  },

  'bank-keys-damaged': {
    happened: 'The bank’s own keys cannot be read[: {file}].',
    means: 'The bank server did not start. The file is kept as it is.',
    todo: 'Call the technician.',
  },
  'bank-key-record-broken': {
    happened: 'The record of the bank’s keys is not right in itself[, at event {record}].',
    means: 'It does not become the new measure. What was seen before stays that.',
    todo: 'Tell the bank’s security officers.',
  },
  'bank-port-taken': {
    happened: 'Another program uses the bank server’s place on the network[: port {port}].',
    means: 'The bank server did not start.',
    todo: 'Call the technician to free it.',
  },
  'bank-setup-invalid': {
    happened: 'The bank server’s settings cannot be used[: {file}].',
    means: 'The bank server did not start.',
    todo: 'Call the technician.',
  },

  'insufficient-funds': {
    happened: 'The account does not hold this amount.',
    means: 'Nothing was booked.',
    todo: 'Choose a smaller amount or another account.',
  },
  'transfer-limit-exceeded': {
    happened: 'The amount is above the limit of the account[; {left} are left today].',
    means: 'Nothing was booked.',
    todo: 'Choose a smaller amount, or raise the limit at the branch.',
  },
  'transfer-not-possible': {
    happened: 'A transfer between these two accounts is not possible.',
    means: 'They are the same account or hold different currencies. Nothing was booked.',
    todo: 'Choose another account.',
  },
  'account-closed': {
    happened: 'This account is closed.',
    means: 'Nothing can be booked on it.',
    todo: 'Ask at the branch.',
  },
  'payee-mismatch': {
    happened: 'No account with this number belongs to this name.',
    means: 'Nothing was booked.',
    todo: 'Compare both with the payee’s own words.',
  },
  'order-unknown': {
    happened: 'This transfer is not waiting any more.',
    means: 'It was decided before, or its time is up.',
    todo: 'Look at the account’s movements, then begin again if it is not there.',
  },
  'operator-unknown': {
    happened: 'The bank does not know this mobile operator.',
    means: 'Its message was not read.',
    todo: 'Ask the bank to check the agreement with the operator.',
  },
  'operator-unreachable': {
    happened: 'The operator platform does not answer.',
    means: 'What it has to get is kept and sent again.',
    todo: 'Try again.',
  },
  'operator-key-unknown': {
    happened: 'The operator used a key that is not valid, or not valid any more.',
    means: 'Nothing was carried out.',
    todo: 'Start again; the next message uses the current key.',
  },
  'operator-message-unreadable': {
    happened: 'A message between operator and bank could not be opened.',
    means: 'It was damaged or made with other keys. Nothing was carried out.',
    todo: 'Start again.',
  },
  'operator-message-replayed': {
    happened: 'A message between operator and bank came twice, late or out of order.',
    means: 'It was not carried out again.',
    todo: 'Start again.',
  },
  'subscriber-unknown': {
    happened: 'This phone number is not registered for transactions.',
    means: 'Nothing was carried out.',
    todo: 'Register the phone first; the bank must have its number on file.',
  },
  'subscriber-mismatch': {
    happened: 'SIM and phone number are not the ones that were registered.',
    means: 'Nothing was carried out.',
    todo: 'Register the phone again at the branch.',
  },
  'seed-refused': {
    happened: 'This seed was not taken[ ({reason})].',
    means: 'Two different employees each enter a seed of their own and sign it.',
    todo: 'Have another employee enter the other seed.',
  },
  'dialogue-expired': {
    happened: 'This transaction took too long and was closed.',
    means: 'Nothing was booked.',
    todo: 'Start again.',
  },
};
