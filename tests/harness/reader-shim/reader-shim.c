/*
 * A reader for pcscd's tests: vsmartcard's vpcd, and what it lacks. pcscd loads it as a driver, it loads vpcd.
 *
 *   - A card is noticed after 20 ms instead of 400 (a polling thread's place to wait).
 *   - The reader can be unplugged: while the file FOLDER/unplugged exists, it is no longer a device.
 *   - It has a PIN pad (PC/SC part 10) while FOLDER/keys exists; that file says what is typed:
 *     digits, several entries divided by spaces; `cancel`; `nobody`: the time runs out; `broken`: the pad is told of and
 *     cannot be used; `hang`: no end at all,
 *     until the file says something else. What the pad was asked is appended to FOLDER/asked, in hex.
 *
 * The structures are those of pcsc-lite's own header, so that another hand than the station's reads its bytes.
 */
#include <dlfcn.h>
#include <PCSC/ifdhandler.h>
#include <PCSC/reader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *vpcd(const char *name)
{
	static void *library;
	if (library == NULL)
		library = dlopen(VPCD_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	return library == NULL ? NULL : dlsym(library, name);
}

static FILE *in_folder(const char *name, const char *mode)
{
	char path[512];
	const char *folder = getenv("CARDWRIGHT_READER_SHIM");
	snprintf(path, sizeof path, "%s/%s", folder == NULL ? "/nowhere" : folder, name);
	return fopen(path, mode);
}

static int is_there(const char *name)
{
	FILE *file = in_folder(name, "r");
	if (file == NULL)
		return 0;
	fclose(file);
	return 1;
}

static int typed(char *keys, size_t size)
{
	FILE *file = in_folder("keys", "r");
	size_t length = 0;
	if (file != NULL) {
		length = fread(keys, 1, size - 1, file);
		fclose(file);
	}
	keys[length] = 0;
	return length > 0;
}

#define FORWARD(name, types, ...) \
	RESPONSECODE (*call) types = (RESPONSECODE (*) types)vpcd(#name); \
	return call == NULL ? IFD_NOT_SUPPORTED : call(__VA_ARGS__)

RESPONSECODE IFDHCreateChannelByName(DWORD Lun, LPSTR DeviceName)
{
	if (is_there("unplugged"))
		return IFD_NO_SUCH_DEVICE;
	FORWARD(IFDHCreateChannelByName, (DWORD, LPSTR), Lun, DeviceName);
}

RESPONSECODE IFDHCreateChannel(DWORD Lun, DWORD Channel)
{
	if (is_there("unplugged"))
		return IFD_NO_SUCH_DEVICE;
	FORWARD(IFDHCreateChannel, (DWORD, DWORD), Lun, Channel);
}

RESPONSECODE IFDHCloseChannel(DWORD Lun)
{
	FORWARD(IFDHCloseChannel, (DWORD), Lun);
}

/* pcscd asks for the presence after each return. */
static RESPONSECODE wait_a_moment(DWORD Lun, int timeout)
{
	(void)Lun;
	(void)timeout;
	usleep(20000);
	return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD Lun, DWORD Tag, PDWORD Length, PUCHAR Value)
{
	if (Tag == TAG_IFD_POLLING_THREAD_WITH_TIMEOUT) {
		RESPONSECODE (*wait)(DWORD, int) = wait_a_moment;
		*Length = sizeof wait;
		memcpy(Value, &wait, sizeof wait);
		return IFD_SUCCESS;
	}
	FORWARD(IFDHGetCapabilities, (DWORD, DWORD, PDWORD, PUCHAR), Lun, Tag, Length, Value);
}

RESPONSECODE IFDHSetCapabilities(DWORD Lun, DWORD Tag, DWORD Length, PUCHAR Value)
{
	FORWARD(IFDHSetCapabilities, (DWORD, DWORD, DWORD, PUCHAR), Lun, Tag, Length, Value);
}

RESPONSECODE IFDHSetProtocolParameters(DWORD Lun, DWORD Protocol, UCHAR Flags, UCHAR P1, UCHAR P2, UCHAR P3)
{
	FORWARD(IFDHSetProtocolParameters, (DWORD, DWORD, UCHAR, UCHAR, UCHAR, UCHAR), Lun, Protocol, Flags, P1, P2, P3);
}

RESPONSECODE IFDHPowerICC(DWORD Lun, DWORD Action, PUCHAR Atr, PDWORD AtrLength)
{
	FORWARD(IFDHPowerICC, (DWORD, DWORD, PUCHAR, PDWORD), Lun, Action, Atr, AtrLength);
}

RESPONSECODE IFDHTransmitToICC(DWORD Lun, SCARD_IO_HEADER SendPci, PUCHAR TxBuffer, DWORD TxLength,
	PUCHAR RxBuffer, PDWORD RxLength, PSCARD_IO_HEADER RecvPci)
{
	if (is_there("unplugged"))
		return IFD_NO_SUCH_DEVICE;
	FORWARD(IFDHTransmitToICC, (DWORD, SCARD_IO_HEADER, PUCHAR, DWORD, PUCHAR, PDWORD, PSCARD_IO_HEADER),
		Lun, SendPci, TxBuffer, TxLength, RxBuffer, RxLength, RecvPci);
}

RESPONSECODE IFDHICCPresence(DWORD Lun)
{
	if (is_there("unplugged"))
		return IFD_NO_SUCH_DEVICE;
	FORWARD(IFDHICCPresence, (DWORD), Lun);
}

enum { VERIFY_CODE = SCARD_CTL_CODE(3406), MODIFY_CODE = SCARD_CTL_CODE(3407) };

static RESPONSECODE say(PUCHAR RxBuffer, DWORD RxLength, LPDWORD Returned, const void *answer, DWORD length)
{
	if (RxLength < length)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(RxBuffer, answer, length);
	*Returned = length;
	return IFD_SUCCESS;
}

static DWORD feature(PUCHAR at, UCHAR tag, DWORD code)
{
	UCHAR entry[6] = { tag, 4, code >> 24, code >> 16, code >> 8, code };
	memcpy(at, entry, sizeof entry);
	return sizeof entry;
}

/* Puts an entry into its PIN block. 0: the pad does not take it (too short, too long, not this format). */
static int fill(UCHAR *block, const char *digits, UCHAR format, UCHAR block_string, uint16_t extra)
{
	size_t count = strlen(digits), least = extra >> 8, most = extra & 0xff;
	if (format != 0x82 || (block_string & 0xf0) != 0) /* ASCII from the left, and no length in the block */
		return 0;
	if (count < least || count > most || count > (size_t)(block_string & 0x0f))
		return 0;
	memcpy(block, digits, count);
	return 1;
}

static RESPONSECODE enter(DWORD Lun, DWORD code, const UCHAR *data, DWORD length, PUCHAR RxBuffer, DWORD RxLength,
	LPDWORD Returned)
{
	UCHAR apdu[300], answer[300];
	DWORD apdu_length, answer_length = sizeof answer;
	char keys[64] = "", *entry, *rest;
	int seconds, waited, filled = 1;
	FILE *asked = in_folder("asked", "a");
	SCARD_IO_HEADER pci = { 1, sizeof pci }, received;

	if (asked != NULL) {
		for (DWORD at = 0; at < length; at++)
			fprintf(asked, "%02x", data[at]);
		fprintf(asked, "\n");
		fclose(asked);
	}

	seconds = data[0] == 0 ? 30 : data[0];
	for (waited = 0; ; waited += 20) {
		typed(keys, sizeof keys);
		if (strcmp(keys, "hang") != 0 && (strcmp(keys, "nobody") != 0 || waited >= seconds * 1000))
			break;
		usleep(20000);
	}
	if (strcmp(keys, "nobody") == 0 || strcmp(keys, "") == 0)
		return say(RxBuffer, RxLength, Returned, "\x64\x00", 2);
	if (strcmp(keys, "broken") == 0)
		return IFD_COMMUNICATION_ERROR;
	if (strcmp(keys, "cancel") == 0)
		return say(RxBuffer, RxLength, Returned, "\x64\x01", 2);

	if (code == VERIFY_CODE) {
		const PIN_VERIFY_STRUCTURE *order = (const void *)data;
		if (length != sizeof *order + order->ulDataLength)
			return IFD_COMMUNICATION_ERROR;
		apdu_length = order->ulDataLength;
		memcpy(apdu, order->abData, apdu_length);
		entry = strtok_r(keys, " ", &rest);
		filled = fill(apdu + 5, entry, order->bmFormatString, order->bmPINBlockString, order->wPINMaxExtraDigit);
	} else {
		const PIN_MODIFY_STRUCTURE *order = (const void *)data;
		char *confirmed;
		if (length != sizeof *order + order->ulDataLength)
			return IFD_COMMUNICATION_ERROR;
		apdu_length = order->ulDataLength;
		memcpy(apdu, order->abData, apdu_length);
		entry = strtok_r(keys, " ", &rest);
		if (order->bConfirmPIN & 2) {
			filled = fill(apdu + 5 + order->bInsertionOffsetOld, entry, order->bmFormatString,
				order->bmPINBlockString, order->wPINMaxExtraDigit);
			entry = strtok_r(NULL, " ", &rest);
		}
		if (entry == NULL)
			return say(RxBuffer, RxLength, Returned, "\x64\x00", 2);
		confirmed = order->bConfirmPIN & 1 ? strtok_r(NULL, " ", &rest) : entry;
		if (confirmed == NULL || strcmp(confirmed, entry) != 0)
			return say(RxBuffer, RxLength, Returned, "\x64\x02", 2);
		filled = filled && fill(apdu + 5 + order->bInsertionOffsetNew, entry, order->bmFormatString,
			order->bmPINBlockString, order->wPINMaxExtraDigit);
	}
	if (!filled)
		return say(RxBuffer, RxLength, Returned, "\x64\x03", 2);
	if (IFDHTransmitToICC(Lun, pci, apdu, apdu_length, answer, &answer_length, &received) != IFD_SUCCESS)
		return IFD_COMMUNICATION_ERROR;
	return say(RxBuffer, RxLength, Returned, answer, answer_length);
}

RESPONSECODE IFDHControl(DWORD Lun, DWORD Code, PUCHAR TxBuffer, DWORD TxLength, PUCHAR RxBuffer, DWORD RxLength,
	LPDWORD Returned)
{
	*Returned = 0;
	if (is_there("unplugged"))
		return IFD_NO_SUCH_DEVICE;
	if (!is_there("keys"))
		return IFD_ERROR_NOT_SUPPORTED;
	if (Code == CM_IOCTL_GET_FEATURE_REQUEST) {
		UCHAR features[12];
		DWORD length = feature(features, FEATURE_VERIFY_PIN_DIRECT, VERIFY_CODE);
		length += feature(features + length, FEATURE_MODIFY_PIN_DIRECT, MODIFY_CODE);
		return say(RxBuffer, RxLength, Returned, features, length);
	}
	if (Code == VERIFY_CODE || Code == MODIFY_CODE)
		return enter(Lun, Code, TxBuffer, TxLength, RxBuffer, RxLength, Returned);
	return IFD_ERROR_NOT_SUPPORTED;
}
