"""Writes the workbook that the sample files of this folder are converted from; see README.md."""

import sys
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904


def main(path: str, epoch: str) -> None:
    """A sheet of every kind of cell, with a hidden row, a merged range, an error, and a hidden second sheet."""
    workbook = Workbook()
    if epoch == "1904":
        workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.active
    sheet.title = "演示"
    sheet.append(["证件号码", "姓名", "日期", "金额", "是否", "算式"])
    sheet.append(["11010119900307007X", "演示甲", date(2026, 11, 1), 2256.5, True, "=D2*2"])
    sheet.append(["11010119900307010X", "演示乙", datetime(2026, 11, 2, 8, 30), 0.1, False, "=1/0"])
    sheet.append([140105199001010000, "演示丙", 46327, "1,234.50", "是", "=NA()"])
    sheet.row_dimensions[3].hidden = True
    sheet["A6"] = "合并"
    sheet.merge_cells("A6:B7")
    other = workbook.create_sheet("隐藏表")
    other["A1"] = "不读取"
    other.sheet_state = "hidden"
    workbook.save(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
