"""The blank workbook of a sheet: titles, drop-downs, notes, one example row, and how to fill it in."""

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from common.sheets.child.limits import letters
from common.sheets.columns import EXAMPLE_MARK, Code, Column, Sheet, YesNo
from common.sheets.writing import Pen, fit_page, header_cells, set_columns, to_bytes

INSTRUCTIONS_SHEET = "填写说明"
LISTS_SHEET = "代码表"
VERSION_LABEL = "模板版本"

_EXAMPLE_FONT = Font(italic=True, color="FF7F7F7F")
_GENERAL = (
    "请在第一个工作表中填写，每行一条；不要合并单元格，不要改动表头文字（列的顺序可以调整）。",
    "标*的列必须填写。证件号码、银行账号等长号码所在的单元格须为“文本”格式，否则末几位会丢失。",
    f"以“{EXAMPLE_MARK}”开头的示例行不会导入，可以保留。",
    "上传后如有错误，可以下载标出错误的文件，直接在其中修改后再次上传。",
)


def blank_template(sheet: Sheet) -> bytes:
    """The template (模板下载) as an xlsx file."""
    workbook = Workbook(write_only=True)
    worksheet = workbook.create_sheet(sheet.title)
    placed = list(enumerate(sheet.columns, start=1))
    dress(worksheet, sheet, placed, first_row=2)
    worksheet.append(_titles(worksheet, sheet))
    worksheet.append(_example(worksheet, sheet))
    add_own_sheets(workbook, sheet)
    return to_bytes(workbook)


def star_title(column: Column) -> str:
    """A title as the template shows it: required columns end with a star."""
    return f"{column.title}*" if column.required else column.title


def dress(worksheet: WriteOnlyWorksheet, sheet: Sheet, placed: list[tuple[int, Column]], first_row: int) -> None:
    """Formats, drop-downs and the frozen header; to be called before the first row is written.

    ``placed`` are columns with their numbers, from 1; ``first_row`` is the first row below the header.
    """
    worksheet.freeze_panes = f"A{first_row}"
    fit_page(worksheet)
    set_columns(worksheet, placed)
    lists = _list_columns(sheet)
    for number, column in placed:
        if (source := _source(column, lists)) is None:
            continue
        choice = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
        choice.errorTitle, choice.error = column.title, "请从下拉列表中选择"
        choice.add(f"{letters(number)}{first_row}:{letters(number)}{first_row + sheet.max_rows}")
        worksheet.data_validations.append(choice)


def _list_columns(sheet: Sheet) -> dict[str, int]:
    """Where each code list stands on the sheet of lists: the number of its first column, by the column's key."""
    coded = [column for column in sheet.columns if isinstance(column, Code)]
    return {column.key: 1 + 3 * index for index, column in enumerate(coded)}


def _source(column: Column, lists: dict[str, int]) -> str | None:
    if isinstance(column, YesNo):
        return '"是,否"'
    if isinstance(column, Code):
        letter = letters(lists[column.key] + 1)
        return f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(column.codes) + 1}"
    return None


def _titles(worksheet: WriteOnlyWorksheet, sheet: Sheet) -> list[object]:
    cells = header_cells(worksheet, [star_title(column) for column in sheet.columns])
    for cell, column in zip(cells, sheet.columns, strict=True):
        words = "\n".join(word for word in (column.describe(), column.note) if word)
        if words:
            cell.comment = Comment(words, sheet.title, height=110, width=240)
    return list(cells)


def _example(worksheet: WriteOnlyWorksheet, sheet: Sheet) -> list[object]:
    cells = []
    for index, column in enumerate(sheet.columns):
        cell = Pen(worksheet, "@")(column.example if index else EXAMPLE_MARK + column.example)
        cell.font = _EXAMPLE_FONT
        cells.append(cell)
    return cells


def add_own_sheets(workbook: Workbook, sheet: Sheet) -> None:
    """How to fill it in, with the version by which a file is recognised; and the code lists of the drop-downs."""
    guide = workbook.create_sheet(INSTRUCTIONS_SHEET)
    fit_page(guide)
    for letter, width in zip("ABCDE", (22, 26, 44, 26, 50), strict=True):
        guide.column_dimensions[letter].width = width
    guide.append(header_cells(guide, [sheet.title]))
    guide.append([VERSION_LABEL, f"{sheet.name} {sheet.version}"])
    for sentence in (*_GENERAL, *sheet.instructions, f"一次最多导入{sheet.max_rows}行。"):
        guide.append([sentence])
    guide.append([])
    guide.append(header_cells(guide, ["列", "是否必填", "填写内容", "示例", "说明"]))
    text = Pen(guide, "@")
    for column in sheet.columns:
        line = (column.title, "必填" if column.required else "选填", column.describe(), column.example, column.note)
        guide.append(text(word) for word in line)
    _add_lists(workbook, sheet)


def _add_lists(workbook: Workbook, sheet: Sheet) -> None:
    coded = [column for column in sheet.columns if isinstance(column, Code)]
    if not coded:
        return
    lists = workbook.create_sheet(LISTS_SHEET)
    titles: list[str] = []
    for column in coded:
        titles += [f"{column.title}代码", column.title, ""]
        lists.column_dimensions[letters(len(titles) - 1)].width = 30
    lists.append(header_cells(lists, titles))
    for index in range(max(len(column.codes) for column in coded)):
        cells: list[str] = []
        for column in coded:
            pair = column.codes.choices[index] if index < len(column.codes) else ("", "")
            cells += [*pair, ""]
        lists.append(cells)
