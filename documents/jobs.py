"""Background work: documents in batches."""

from procrastinate.contrib.django import app

from common.jobs import PATIENT
from documents import batches
from documents.models import DocumentBatch


@app.task(queue="files", retry=PATIENT)
def produce_batch(batch_id: str) -> None:
    """Make the documents of a batch; what was made before is kept."""
    batches.run(DocumentBatch.objects.select_related("unit", "created_by").get(pk=batch_id))
