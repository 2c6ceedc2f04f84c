"""PP-OCR's published weights on OpenVINO: the parts of the engine `openvino`.

`loading` makes detectors and recognisers of the files in MODEL_DIR: `graph` turns an ONNX file into a compiled model
that takes bytes and answers with what Python needs, `quantisation` has it compute in 8-bit integers, `alphabet` says
which characters it can do without. For one page `reader` runs all the rest: `detection` finds text lines, `crops`
brings them to size, `recognition` reads them, `ctc` makes characters of what was seen. `rescoring` weighs what was read
against the words of a language (`services.ocr.lexicon`): `spelling`, `ordinals` and `spaces` propose
changes, `likelihood` judges them. `narrowing` says how narrow a line may be looked at.
`services.ocr.lines` has what other recognisers share with this one.

Those that compute import OpenCV or OpenVINO, so the web process imports none of them.
"""
