"""Signals wait while something is done that must not be cut in two."""

import os
import signal
import threading

import pytest

from avpres.adapters.tools.holding import held


class StopError(BaseException):
    """What the handler of these tests raises."""


@pytest.fixture(autouse=True)
def _listening():
    def stop(number, _frame):
        raise StopError(number)

    before = signal.signal(signal.SIGTERM, stop)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("number", "raised"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, StopError)],
    ids=["Ctrl-C", "terminated"],
)
def test_a_signal_is_raised_when_the_block_has_been_done(number, raised):
    done = []

    def whole() -> None:
        with held():
            os.kill(os.getpid(), number)
            done.append("all of it")

    with pytest.raises(raised):
        whole()

    assert done == ["all of it"]


def test_afterwards_a_signal_is_raised_at_once():
    with held():
        pass

    with pytest.raises(StopError):
        os.kill(os.getpid(), signal.SIGTERM)


def test_an_error_in_the_block_comes_out_of_it():
    with pytest.raises(FileNotFoundError), held():
        os.stat("/nowhere at all")


def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with held():
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread_nothing_is_held():
    done = []

    def work():
        with held():
            done.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [signal.getsignal(signal.SIGINT)]
