/*
 * A virtual desk reader with a plug. vpcd's readers cannot be pulled out; this driver of pcscd stands before one of them
 * (VPCD, a copy of vpcd's library) and tells that the device is gone while there is a file OUT.
 */
#include <dlfcn.h>
#include <ifdhandler.h>
#include <unistd.h>

static void *vpcd(const char *name)
{
	static void *library;
	if (library == NULL)
		library = dlopen(VPCD, RTLD_NOW | RTLD_LOCAL);
	return library == NULL ? NULL : dlsym(library, name);
}

#define PASSED_ON(name, parameters, arguments)                            \
	RESPONSECODE name parameters                                      \
	{                                                                 \
		RESPONSECODE(*real) parameters = vpcd(#name);             \
		if (real == NULL || access(OUT, F_OK) == 0)               \
			return IFD_NO_SUCH_DEVICE;                        \
		return real arguments;                                    \
	}

PASSED_ON(IFDHCreateChannelByName, (DWORD lun, LPSTR device), (lun, device))
PASSED_ON(IFDHCreateChannel, (DWORD lun, DWORD channel), (lun, channel))
PASSED_ON(IFDHCloseChannel, (DWORD lun), (lun))
PASSED_ON(IFDHGetCapabilities, (DWORD lun, DWORD tag, PDWORD length, PUCHAR value), (lun, tag, length, value))
PASSED_ON(IFDHSetCapabilities, (DWORD lun, DWORD tag, DWORD length, PUCHAR value), (lun, tag, length, value))
PASSED_ON(IFDHSetProtocolParameters, (DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3),
	  (lun, protocol, flags, pts1, pts2, pts3))
PASSED_ON(IFDHPowerICC, (DWORD lun, DWORD action, PUCHAR atr, PDWORD length), (lun, action, atr, length))
PASSED_ON(IFDHTransmitToICC,
	  (DWORD lun, SCARD_IO_HEADER sent, PUCHAR out, DWORD out_length, PUCHAR in, PDWORD in_length, PSCARD_IO_HEADER got),
	  (lun, sent, out, out_length, in, in_length, got))
PASSED_ON(IFDHICCPresence, (DWORD lun), (lun))
PASSED_ON(IFDHControl,
	  (DWORD lun, DWORD code, PUCHAR out, DWORD out_length, PUCHAR in, DWORD in_length, LPDWORD got),
	  (lun, code, out, out_length, in, in_length, got))
