#include "gui/views/what_if_dialog.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int mostRoles = 500;
constexpr int headerMargin = 16;

QString percent(double share)
{
    return QLocale().toString(share * 100, 'f', 1) + QStringLiteral(" %");
}

QLabel *sentence(const QString &text)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

WhatIfDialog::WhatIfDialog(const Replica &replica, QWidget *parent)
    : QDialog(parent), m_replica(replica), m_table(new QTableWidget(0, columnCount))
{
    setWindowTitle(tr("What if?"));
    auto *column = new QVBoxLayout(this);
    auto *mark = sentence(tr("Hypothetical: nothing here is sent to the master."));
    mark->setAutoFillBackground(true);
    mark->setMargin(Theme::Small);
    QPalette palette = mark->palette();
    palette.setColor(QPalette::Window, Theme::notice(Tone::Busy));
    mark->setPalette(palette);
    column->addWidget(mark);
    column->addWidget(sentence(
        tr("Change weights, quotas and what a task of a role takes, or add a role. The last column "
           "tells the share of the cluster that each role would end up with, if all were filled up "
           "again task by task, as the master's own allocator decides; fragments are left out of "
           "account.")));
    column->addWidget(m_table, 1);
    column->addWidget(m_problem = sentence({}));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));
    auto *add = buttons->addButton(tr("&Add a role"), QDialogButtonBox::ActionRole);
    auto *reset = buttons->addButton(tr("As it &is"), QDialogButtonBox::ResetRole);
    add->setObjectName(QStringLiteral("add"));
    for (QPushButton *button : {add, reset})
        button->setAutoDefault(false);
    column->addWidget(buttons);
    connect(add, &QPushButton::clicked, this, &WhatIfDialog::addMadeUp);
    connect(reset, &QPushButton::clicked, this, &WhatIfDialog::fill);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_table, &QTableWidget::cellChanged, this, &WhatIfDialog::edited);
    m_table->setHorizontalHeaderLabels(
        {tr("Role"), tr("Weight"), tr("CPUs a task"), tr("MiB a task"), tr("Tasks at most"),
         tr("CPUs guaranteed"), tr("CPUs at most"), tr("Share now"), tr("Share then")});
    m_table->verticalHeader()->hide();
    m_table->setAlternatingRowColors(true);
    m_table->setAccessibleName(tr("Roles, and what would follow"));
    m_table->setEditTriggers(QAbstractItemView::AllEditTriggers);
    resize(920, 460);
    fill();
    m_table->resizeColumnsToContents();
    m_table->setColumnWidth(Name, std::max(140, m_table->columnWidth(Name)));
    const QFontMetrics letters(m_table->horizontalHeader()->font());
    for (int i = Name + 1; i < m_table->columnCount(); ++i) { // the style's margins count, too
        const int wanted =
            letters.horizontalAdvance(m_table->horizontalHeaderItem(i)->text()) + 2 * headerMargin;
        m_table->setColumnWidth(i, std::max(wanted, m_table->columnWidth(i)));
    }
}

void WhatIfDialog::fill()
{
    m_roles = rolesAsTheyAre(m_replica).mid(0, mostRoles);
    m_filling = true;
    m_table->setRowCount(0);
    for (const FairShareRole &role : std::as_const(m_roles))
        addRow(role);
    m_filling = false;
    reckon();
}

void WhatIfDialog::addRow(const FairShareRole &role)
{
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    const auto number = [](double value) { return value > 0 ? amountText(value) : QString(); };
    const QString texts[columnCount] = {role.name,
                                        amountText(role.weight),
                                        number(role.task.cpus),
                                        number(role.task.memory),
                                        number(role.most),
                                        number(role.guarantee.cpus),
                                        number(role.limit.cpus),
                                        percent(role.shareNow),
                                        {}};
    for (int column = 0; column < columnCount; ++column) {
        auto *item = new QTableWidgetItem(texts[column]);
        const bool fixed = column >= Now || (column == Name && !role.isMadeUp);
        if (fixed)
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        if (column != Name)
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_table->setItem(row, column, item);
    }
}

void WhatIfDialog::addMadeUp()
{
    if (m_roles.size() >= mostRoles)
        return;
    FairShareRole role;
    role.isMadeUp = true;
    role.task.cpus = 1;
    role.task.memory = 1024;
    for (int number = 1; role.name.isEmpty(); ++number) {
        const QString name = QStringLiteral("new-%1").arg(number);
        if (std::none_of(m_roles.cbegin(), m_roles.cend(),
                         [&](const FairShareRole &known) { return known.name == name; }))
            role.name = name;
    }
    m_roles.append(role);
    m_filling = true;
    addRow(role);
    m_filling = false;
    m_table->setCurrentCell(m_table->rowCount() - 1, Name);
    reckon();
}

/// A number that makes no sense is told and not taken over.
void WhatIfDialog::edited(int row, int column)
{
    if (m_filling || row >= m_roles.size())
        return;
    FairShareRole &role = m_roles[row];
    const QString text = m_table->item(row, column)->text().trimmed();
    if (column == Name) {
        const bool taken =
            std::any_of(m_roles.cbegin(), m_roles.cend(), [&](const FairShareRole &other) {
                return &other != &role && other.name == text;
            });
        if (text.isEmpty() || taken)
            return m_problem->setText(tr("A role needs a name that no other has."));
        role.name = text;
        return reckon();
    }
    bool isNumber = text.isEmpty();
    const double value = isNumber ? 0 : QLocale().toDouble(text, &isNumber);
    const bool isWeight = column == Weight;
    if (!isNumber || !std::isfinite(value) || value < 0 || value > 1e9 || (isWeight && value <= 0))
        return m_problem->setText(tr("“%1” is no amount; %2")
                                      .arg(text.left(40),
                                           isWeight ? tr("a weight is above 0.")
                                                    : tr("write a number, or nothing for none.")));
    switch (column) {
    case Weight:
        role.weight = value;
        break;
    case Cpus:
        role.task.cpus = value;
        break;
    case Memory:
        role.task.memory = value;
        break;
    case Most:
        role.most = static_cast<int>(value);
        break;
    case Guarantee:
        role.guarantee.cpus = value;
        break;
    case Limit:
        role.limit.cpus = value;
        break;
    default:
        return;
    }
    reckon();
}

void WhatIfDialog::reckon()
{
    m_problem->clear();
    const QList<FairShareOutcome> outcomes = fairShares(m_replica.figures().total, m_roles);
    m_filling = true;
    for (int row = 0; row < outcomes.size(); ++row) {
        const double change = outcomes[row].share - m_roles[row].shareNow;
        QTableWidgetItem *item = m_table->item(row, Then);
        item->setText(percent(outcomes[row].share));
        item->setToolTip(tr("%n task(s)", nullptr, outcomes[row].tasks).toHtmlEscaped());
        QFont font = item->font();
        font.setBold(std::abs(change) > 0.005);
        item->setFont(font);
    }
    m_filling = false;
}

} // namespace meseta::console
