"""`/scan-mrz`: a picture in, the fields of a machine-readable zone out."""

from __future__ import annotations

from marshmallow import Schema, fields

from controllers.schemas import StrictSchema
from controllers.schemas.native import File


class ScanSchema(StrictSchema):
    """The picture of a document."""

    file = File(required=True, metadata={"description": "JPEG or PNG, 10 MB at most."})


class CheckDigitsSchema(Schema):
    """Whether each is right; null where the format has none."""

    documentNumber = fields.Boolean(required=True, allow_none=True)
    dateOfBirth = fields.Boolean(required=True, allow_none=True)
    dateOfExpiry = fields.Boolean(required=True, allow_none=True)
    optionalData = fields.Boolean(required=True, allow_none=True)
    composite = fields.Boolean(required=True, allow_none=True)


class CorrectionSchema(Schema):
    """A character that was read as one and can only be the other. `line` and `position` count from 1."""

    field = fields.String(required=True)
    line = fields.Integer(required=True)
    position = fields.Integer(required=True)
    read = fields.String(required=True)
    corrected = fields.String(required=True)


class ZoneSchema(Schema):
    """What the zone says; null where it says nothing."""

    success = fields.Boolean(required=True)
    passportNumber = fields.String(required=True, allow_none=True)
    surname = fields.String(required=True, allow_none=True)
    givenName = fields.String(required=True, allow_none=True)
    nationality = fields.String(required=True, allow_none=True)
    dateOfBirth = fields.Date(required=True, allow_none=True)
    sex = fields.String(required=True, allow_none=True, metadata={"description": "M, F or X."})
    dateOfExpiry = fields.Date(required=True, allow_none=True)
    issuingCountry = fields.String(required=True, allow_none=True)
    personalNumber = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The optional data; where there is none, that of a card's second line."},
    )
    documentType = fields.String(required=True, allow_none=True)
    confidence = fields.Float(required=True)
    validCheckDigits = fields.Boolean(required=True)
    mrzText = fields.String(required=True, metadata={"description": "The lines as they are printed."})
    mrzType = fields.String(required=True, metadata={"description": "TD1 TD2 TD3 MRVA MRVB, FRA_ID or EU_DL."})
    checkDigits = fields.Nested(CheckDigitsSchema, required=True)
    corrections = fields.List(fields.Nested(CorrectionSchema), required=True)
    warnings = fields.List(fields.String(), required=True, metadata={"description": "EXPIRED and others."})
    processingTime = fields.Float(required=True, metadata={"description": "Seconds."})


class ScanErrorSchema(Schema):
    """Why there is none. With `fallbackToClientSide`, a client that can read zones itself should."""

    success = fields.Boolean(required=True)
    error = fields.String(required=True)
    confidence = fields.Float(required=True)
    code = fields.String(metadata={"description": "As in docs/errors.md."})
    request_id = fields.String()
    fallbackToClientSide = fields.Boolean()
    reason = fields.String(metadata={"description": "What is wrong with the picture."})
    suggestion = fields.String(metadata={"description": "What would help."})
