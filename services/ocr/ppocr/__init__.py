"""PP-OCR's published weights on OpenVINO: the parts of the engine `openvino`.

`graph` turns an ONNX file into a compiled model that takes bytes and answers with what Python needs, `detection` finds
text lines, `crops` straightens them, `recognition` reads them, `ctc` makes text, confidence and word boxes of what the
recogniser saw, `reader` is all of them for one page. Importing any of them but `ctc` imports OpenCV or OpenVINO.
"""
