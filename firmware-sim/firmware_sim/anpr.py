"""What cameras of several makers push when they have read a plate. Pure; after the makers' published shapes."""

import base64
import json
from typing import Literal, NamedTuple

Maker = Literal["generic", "hikvision", "dahua"]
BOUNDARY = "----domovoy-camera-7f3a"


class Push(NamedTuple):
    """A body and its `Content-Type`."""

    content_type: str
    body: bytes


class Reading(NamedTuple):
    """`confidence`: 0 to 1; `number`: of the event, from 1; `at`: ISO 8601."""

    camera: str
    plate: str
    confidence: float
    number: int
    at: str


def push(maker: Maker, reading: Reading, still: bytes) -> Push:
    """In the maker's shape."""
    match maker:
        case "hikvision":
            return _hikvision(reading, still)
        case "dahua":
            return _dahua(reading, still)
    event = {"plate": reading.plate, "confidence": reading.confidence, "camera": reading.camera}
    return form(
        ("event", "", "application/json", json.dumps(event).encode()),
        ("still", "still.jpg", "image/jpeg", still),
    )


def _hikvision(reading: Reading, still: bytes) -> Push:
    xml = f"""<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
<ipAddress>192.168.1.64</ipAddress>
<portNo>80</portNo>
<protocol>HTTP</protocol>
<channelID>1</channelID>
<dateTime>{reading.at}</dateTime>
<activePostCount>1</activePostCount>
<eventType>ANPR</eventType>
<eventState>active</eventState>
<eventDescription>ANPR</eventDescription>
<ANPR>
<country>134</country>
<licensePlate>{reading.plate or "unknown"}</licensePlate>
<line>1</line>
<direction>forward</direction>
<confidenceLevel>{reading.confidence * 100:.0f}</confidenceLevel>
<plateType>unknown</plateType>
<vehicleInfo><index>{reading.number}</index><vehicleLogoRecog></vehicleLogoRecog></vehicleInfo>
<pictureInfoList>
<pictureInfo><fileName>licensePlatePicture.jpg</fileName><type>licensePlatePicture</type></pictureInfo>
<pictureInfo><fileName>detectionPicture.jpg</fileName><type>detectionPicture</type></pictureInfo>
</pictureInfoList>
<originalLicensePlate>{reading.plate or "unknown"}</originalLicensePlate>
</ANPR>
<UUID>00000000-1dd1-11b2-9c0b-{reading.number:012x}</UUID>
<picNum>2</picNum>
<deviceUUID>{reading.camera}</deviceUUID>
</EventNotificationAlert>
"""
    return form(
        ("anpr.xml", "anpr.xml", "text/xml", xml.encode()),
        ("licensePlatePicture.jpg", "licensePlatePicture.jpg", "image/jpeg", still[:4] + b"the plate alone"),
        ("detectionPicture.jpg", "detectionPicture.jpg", "image/jpeg", still),
    )


def _dahua(reading: Reading, still: bytes) -> Push:
    event = {
        "Picture": {
            "CutoutPic": {"Content": base64.b64encode(still[:32]).decode(), "PicName": "plate.jpg"},
            "NormalPic": {"Content": base64.b64encode(still).decode(), "PicName": "normal.jpg"},
            "Plate": {
                "BoundingBox": [2202, 573, 2375, 623],
                "Channel": 0,
                "Confidence": round(reading.confidence * 100),
                "IsExist": bool(reading.plate),
                "PlateColor": "White",
                "PlateNumber": reading.plate,
                "PlateType": "Unknown",
                "Region": "RUS",
                "UploadNum": reading.number,
            },
            "SnapInfo": {"AccurateTime": reading.at, "DeviceID": reading.camera, "Direction": "Obverse"},
            "Vehicle": {"VehicleColor": "Red", "VehicleType": "SaloonCar"},
        }
    }
    return Push("application/json", json.dumps(event).encode())


def heartbeat(camera: str) -> Push:
    """What a Dahua camera sends between cars."""
    return Push("application/json", json.dumps({"Active": "keepAlive", "DeviceID": camera}).encode())


def form(*parts: tuple[str, str, str, bytes]) -> Push:
    """A form of parts: name, file, media type, data."""
    body = b""
    for name, file, kind, data in parts:
        named = f'; filename="{file}"' if file else ""
        head = f'Content-Disposition: form-data; name="{name}"{named}\r\nContent-Type: {kind}\r\n\r\n'
        body += f"--{BOUNDARY}\r\n{head}".encode() + data + b"\r\n"
    return Push(f"multipart/form-data; boundary={BOUNDARY}", body + f"--{BOUNDARY}--\r\n".encode())
