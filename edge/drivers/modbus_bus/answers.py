"""What a Modbus answer means, judged apart from the wire."""

from pymodbus.pdu import ModbusPDU

from edge.drivers.base import DoubtfulError, RefusedError, SilentError

BIT_FUNCTIONS = frozenset({1, 2})
READ_FUNCTIONS = frozenset({1, 2, 3, 4})
EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway: no response from the device",
}
# What surely was not carried out. Any other may come after the deed: a device that failed in the middle (4) or is still
# at it (5), a gateway whose device acted and answered too late (11).
NOT_DONE = frozenset({1, 2, 3, 6, 10})


def registers(answer: ModbusPDU, place: str, function: int, count: int) -> tuple[int, ...]:
    """The values read. Raises RefusedError with the exception code, SilentError for an answer to something else."""
    refuse(answer, place)
    if answer.function_code != function:
        raise SilentError(f"{place}: answered with function {answer.function_code}")
    if function in BIT_FUNCTIONS:
        if (count + 7) // 8 * 8 != len(answer.bits):
            raise SilentError(f"{place}: answered with {len(answer.bits)} bits")
        return tuple(int(bit) for bit in answer.bits[:count])
    if len(answer.registers) != count:
        raise SilentError(f"{place}: answered with {len(answer.registers)} registers")
    return tuple(answer.registers)


def echoed(answer: ModbusPDU, place: str, function: int, address: int) -> None:
    """A write is answered by its echo. Raises like `registers`, and DoubtfulError when it may have been carried out."""
    try:
        refuse(answer, place)
    except RefusedError as error:
        if error.code in NOT_DONE:
            raise
        doubtful = DoubtfulError(str(error))
        doubtful.reason, doubtful.number = error.reason, error.number
        raise doubtful from error
    if answer.function_code != function or answer.address != address:
        raise SilentError(f"{place}: answered with function {answer.function_code} at {answer.address}")


def refuse(answer: ModbusPDU, place: str) -> None:
    """Raises RefusedError if the answer is a Modbus exception."""
    if answer.isError():
        code = int(getattr(answer, "exception_code", 0))
        raise RefusedError(f"{place}: exception {code}, {EXCEPTIONS.get(code, 'unknown code')}", code)
