#!/bin/sh
# Removes from an environment what an image for the processor never loads: devices and model formats of OpenVINO that
# are not used, cascades of OpenCV, headers, tests and symbols for debuggers. Usage: trim.sh VENV
set -eu
cd "$1"/lib/python3.*/site-packages

rm -f openvino/libs/libopenvino_intel_gpu_plugin.so openvino/libs/libopenvino_intel_npu_plugin.so openvino/libs/cache.json
for format in gguf jax paddle pytorch tensorflow tensorflow_lite; do
	rm -f "openvino/libs/libopenvino_${format}_frontend.so".*
done
rm -rf openvino/include openvino/cmake paddle/include pymupdf/mupdf-devel cv2/data gevent/tests
find swagger_ui_bundle \( -name '*.map' -o -name '*es-bundle*' \) -delete
for package in numpy pandas networkx psutil; do
	[ ! -d "$package" ] || find "$package" -type d -name tests -prune -exec rm -r {} +
done

# Libraries that auditwheel has moved (*.libs) do not survive it, and OpenVINO's have nothing to lose.
find . -name '*.so' -not -path './*.libs/*' -not -path './openvino/*' -not -path './paddle/*' -exec strip --strip-unneeded {} +
