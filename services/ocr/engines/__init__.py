"""OCR engines. An engine turns the picture of one page into text lines; `services.ocr.engine` has its contract.

An engine is one module here, found by its name. It has

- `REQUIRES`: the third-party modules it needs,
- `check(settings)`, which raises `config.BadSetting` when a model file is missing or wrong,
- `describe(settings) -> EngineInfo`: what it can do, without loading anything (the web process asks this),
- `build(settings) -> Engine`: the loaded engine; raises what `check` raises.

Nothing above knows which library is underneath.
"""

SETTING = "OCR_ENGINE"
