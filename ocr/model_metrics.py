"""What the model server measures; the web's side of scans is in ``ocr.metrics``."""

from prometheus_client import Counter, Gauge, Histogram

PREDICT_SECONDS = Histogram(
    "ocr_predict_seconds",
    "Time of one page, waiting included",
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34),
)
PREDICTIONS = Counter(
    "ocr_predictions_total", "Pages by what came of them, and who read them", ["outcome", "version"]
)
READ_SECONDS = Histogram(
    "ocr_read_seconds",
    "Time a version took to read a page, without waiting",
    ["version"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34),
)
RETIRED = Counter("ocr_model_processes_retired_total", "Processes replaced for their memory")
WAITING = Gauge("ocr_pages_in_progress", "Pages being read or waiting")
GPU_MEMORY = Gauge("ocr_gpu_memory_bytes", "Memory of the GPU, by all its processes", ["which"])
LOADED = Gauge("ocr_model_loaded", "1 when the models are loaded", ["version"])
