"""A program of a user's that polls AWS. Prints each failure, and a count when it is stopped."""
import json, os, signal, sys, time
import boto3

calls = 0
stopped = False


def stop(*_):
    global stopped
    stopped = True


signal.signal(signal.SIGTERM, stop)
while not stopped:
    calls += 1
    try:
        boto3.Session().client("sts").get_caller_identity()
    except Exception as error:
        print(json.dumps({"at": time.time() * 1000, "message": str(error)}), flush=True)
    time.sleep(float(os.environ["PAUSE"]))
print(json.dumps({"calls": calls}), flush=True)
