"""Let the queue find by name the cases that waited before names had tokens."""

from django.db import migrations

from common.search import text_tokens


def fill(apps, schema_editor):
    Case = apps.get_model("review", "Case")
    waiting = Case.objects.filter(status__in=("submitted", "in_review"), name_tokens=[])
    for case in waiting.select_related("unit", "individual").iterator(chunk_size=500):
        applicant = case.unit or case.individual
        names = [applicant.name if applicant else "", case.subject_person]
        case.name_tokens = text_tokens(*names, *case.persons.values_list("name", flat=True))
        case.save(update_fields=["name_tokens"])


class Migration(migrations.Migration):
    dependencies = [("review", "0003_name_tokens")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
