"""Words around numbers, by what kind of word they are."""

from __future__ import annotations

import re

_IN = r"[\w\u0900-\u0dff]"
"""What words are of: vowel signs of India's scripts are no letters to `\\w`, and `\\b` parts words at them."""

_NUMBER = (
    r"(?:no|nos|nr|num|number|id|code|ref|reference|key|संख्या|नंबर|नं|क्र|क्रमांक"
    r"|సంఖ్య|எண்|ಸಂಖ್ಯೆ|നമ്പർ|નંબર|নম্বর|নং|ਨੰਬਰ)"
)
"""In the languages of India, as far as numbers are named in them."""

NUMBER_WORD = re.compile(rf"(?<!{_IN}){_NUMBER}(?!{_IN})", re.IGNORECASE)

WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0dff])|(?<!\S)[A-Z](?=\s)")
"""Two letters, of scripts of India with the vowel signs between them, or a capital by itself, as in `K Number`."""

NOUN = re.compile(
    r"\b(?:order|phone|mobile|tel|telephone|contact|helpline|toll|fax|ref|reference|invoice|bill|challan|receipt|voucher"
    r"|account|acct|a/c|bank|branch|cif|loan|policy|folio|demat|deposit|cheque|txn|transaction|payment|upi|utr|rrn|arn"
    r"|urn|crn|consumer|customer|client|subscriber|member|employee|student|roll|seat|admit|candidate|patient|hospital"
    r"|application|registration|enrol\w*|acknowledg\w*|token|ticket|booking|pnr|docket|consignment|shipment|parcel"
    r"|track\w*|awb|waybill|batch|lot|serial|meter|connection|installation|imei|imsi|sim|vid|virtual|universal|uan|pran"
    r"|pf|epf|ppo|esi\w*|pension|provident|insurance|health|abha|ayushman|nikshay|ration|voter|epic|e-?shram|shramik"
    r"|labou?r|job|msme|gst\w*|tan|tin|cin|din|llpin|ckyc|kin|vehicle|chassis|engine|file|case|complaint|request|survey"
    r"|plot|property|sku|part|model|item|article|product|style|design|catalog(?:ue)?|coupon|promo\w*|password|otp|debit"
    r"|credit|atm|card|digilocker|locker)\b"
    r"|ऑर्डर|बिल|खाता|खाते|ग्राहक|उपभोक्ता|रसीद|पंजीकरण|मोबाइल|फ़?ोन|वाहन|बैंक|मॉडल|राशन|मतदाता|आवेदन|नामांकन|पेंशन|बीमा",
    re.IGNORECASE,
)
"""What else has a number of its own."""

ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")
_SHORT = "OF TO IN ON BY MR MRS MS DR SMT SHRI SRI INDIA MALE FEMALE DOB YOB GOVT DATE NAME NO NOS NR ID IS"
NO_LABELS = frozenset(_SHORT.split())
"""Short words in capitals that are none."""

HOLDER = re.compile(r"\b(?:of|for)(?: the| an?)? [^\W\d_]+", re.IGNORECASE)
"""Whose a number is, as in `PAN of the employee`."""

LEAD = re.compile(
    rf"(?:[\s:.#=/|,)\-]|\([^)]{{0,30}}\)|(?:{_NUMBER}|card|copy|pvc|uid|uidai|gir|it|कार्ड|का|की|के)(?!{_IN}))*",
    re.IGNORECASE,
)
"""What leads on from a name to its number, as in `PAN Card No. (if any) :`."""

SIGN = re.compile(r"[:#=]")

RUNS_ON = re.compile(r"(?:of|for|is|was|are|as|being)\b", re.IGNORECASE)
"""What a name in a sentence goes on with, up to its number: `PAN of the employee is`."""

BETWEEN = re.compile(r"[|/(),.;]|\s{2}")
"""What parts a label from what stands before it."""

OWNER = re.compile(
    r"(?:your|my|his|her|our|their|the|e|m|masked|new|old|bal|indian|[^\W\d_]+[’']s|[^\W\d_]+(?:er|or|ee|ant|ent)"
    r"|father|mother|company|firm|party|आपका|मेरा|मेरी|आपकी)[\s.:\-]*",
    re.IGNORECASE,
)
"""Whose a number may be, before its name: `Your`, `Applicant's`, `Vendor`, `Nominee`."""

BRACKETS = re.compile(r" ?\([^()]{0,30}\)")

DO = re.compile(r"\b(?:link|seed|update|carry|bring|verify)\b", re.IGNORECASE)
"""What readers are asked to do."""

MENTION = re.compile(
    r"\b(?:with|by|via|using|through|thru|against|without|link\w*|seed\w*|updat\w*|carry|bring|verif\w*"
    r"|authenticat\w*)\b",
    re.IGNORECASE,
)
"""What is done with a number that is only spoken of: `Link your Aadhaar`, `Paid with Aadhaar`."""

ON_CARDS = re.compile(
    r"\b(?:d\.? ?o\.? ?b|yob|date *of *birth|year *of *birth)\b|जन्म|\b(?:f\w)?ma\w[ec]\b|transgender|महिला|पुरुष",
    re.IGNORECASE,
)
"""What cards print over a number: the birth and the gender, letters of which may be misread."""

ON_BACKS = re.compile(r"\b[swdc] */ *o\b|uidai\.gov|\b1947\b", re.IGNORECASE)
"""What stands on the back with the address, the last row of which is over the number."""
